// Signing in and out, and the first-run owner account.

import { call, get, send } from './client';
import { deviceProfile } from '../playback/profile';
import { browserSupport } from '../playback/support';
import { forget, session, update } from './session';
import type { AuthResult, PublicInfo, QuickConnect, User } from './types';

export const publicInfo = () => get<PublicInfo>('/System/Info/Public', {}, { anonymous: true });
export const publicUsers = () => get<User[]>('/Users/Public', {}, { anonymous: true });
export const quickConnectEnabled = () => get<boolean>('/QuickConnect/Enabled', {}, { anonymous: true });
export const quickConnectStart = () => call<QuickConnect>('POST', '/QuickConnect/Initiate', { anonymous: true });
export const quickConnectState = (secret: string) => get<QuickConnect>('/QuickConnect/Connect', { secret }, { anonymous: true });
export const quickConnectAllow = (code: string) => send('POST', '/QuickConnect/Authorize', { query: { code, userId: session().userId } });

/** signIn trades a name and password for a session. */
export async function signIn(name: string, password: string): Promise<void> {
  keep(await call<AuthResult>('POST', '/Users/AuthenticateByName', { anonymous: true, body: { Username: name, Pw: password } }));
}

/** signInWithCode trades an approved Quick Connect secret for a session. */
export async function signInWithCode(secret: string): Promise<void> {
  keep(await call<AuthResult>('POST', '/Users/AuthenticateWithQuickConnect', { anonymous: true, body: { Secret: secret } }));
}

/** signOut ends the session here and on the server. */
export async function signOut(): Promise<void> {
  try {
    await send('POST', '/Sessions/Logout');
  } catch {
    // The token is forgotten here whether or not the server heard us.
  }
  forget(true);
}

/** createOwner makes the first account; the code is the one printed on the node's console. */
export const createOwner = (code: string, name: string, password: string) =>
  send('POST', '/Startup/Sett', { anonymous: true, body: { Code: code, Name: name, Password: password } });

/** refreshUser takes the signed-in user's name and rights from the server again. */
export async function refreshUser(): Promise<void> {
  const u = await get<User>('/Users/Me');
  update({ userId: u.Id, userName: u.Name ?? '', admin: u.Policy?.IsAdministrator === true });
}

/** announce tells the server what this browser can play and be told. */
export const announce = () =>
  send('POST', '/Sessions/Capabilities/Full', {
    body: {
      PlayableMediaTypes: ['Video', 'Audio'],
      SupportedCommands: [],
      SupportsMediaControl: false,
      SupportsPersistentIdentifier: true,
      DeviceProfile: deviceProfile(browserSupport()),
    },
  });

/**
 * knownCaller is the user the server recognised by the caller's network identity:
 * listed first, and needing no password. Several such users are a choice, not a proof.
 */
export function knownCaller(users: User[]): User | undefined {
  const open = users.filter((u) => u.HasPassword === false);
  return open.length === 1 && users[0] === open[0] ? open[0] : undefined;
}

function keep(r: AuthResult): void {
  update({
    token: r.AccessToken,
    userId: r.User.Id,
    userName: r.User.Name ?? '',
    admin: r.User.Policy?.IsAdministrator === true,
    signedOut: false,
  });
}
