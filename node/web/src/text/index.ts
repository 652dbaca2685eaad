// The text in the reader's language. English is the only one so far.

import { en, type Text } from './en';

export const t: Text = en;
