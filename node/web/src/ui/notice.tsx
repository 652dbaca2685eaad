// Plain sentences where content is missing: errors, emptiness, waiting.

import type { ComponentChildren } from 'preact';
import { ApiError } from '../api/client';
import { t } from '../text';

/** explain turns a failure into a sentence with a next step. */
export function explain(e: unknown): string {
  if (!(e instanceof ApiError)) return t.errors.unreachable;
  if (e.message) return e.message;
  switch (e.status) {
    case 0:
      return t.errors.unreachable;
    case 403:
      return t.errors.forbidden;
    case 404:
      return t.errors.notFound;
    case 429:
      return t.errors.tooMany;
    default:
      return t.errors.server(e.status);
  }
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div class="notice" role="alert" data-testid="error">
      <p>{explain(error)}</p>
      {retry && (
        <button class="button" type="button" onClick={retry}>
          {t.retry}
        </button>
      )}
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return (
    <div class="notice" data-testid="empty">
      {children}
    </div>
  );
}

/** Waiting appears only after a moment (by CSS), so that fast answers do not flicker. */
export function Waiting() {
  return (
    <div class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      <span class="hidden">{t.loading}</span>
    </div>
  );
}
