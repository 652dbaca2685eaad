import './styles/base.css';
import './styles/frame.css';
import './styles/browse.css';
import './styles/detail.css';

import { render } from 'preact';
import { startSocket } from './api/socket';
import { App } from './app';
import { startPages } from './data/pages';
import { startData } from './data/query';
import { startRouter } from './route/router';
import { startSpatial } from './ui/spatial';

startRouter();
startData();
startPages();
startSocket();
startSpatial();

const root = document.getElementById('app');
if (root) render(<App />, root);
