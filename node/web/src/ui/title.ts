import { useEffect } from 'preact/hooks';
import { t } from '../text';

/** useTitle names the browser tab. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · ${t.appName}` : t.appName;
  }, [title]);
}
