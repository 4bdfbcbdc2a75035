import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { call } from '@/api/client';
import { clockTime } from '@/components/times';
import { shaping } from '@/features/payload/edits';
import { type WizardState, isLive } from './state';
import { text } from './text';

export interface Saving {
  state: 'untouched' | 'saving' | 'saved' | 'failed';
  words: string;
}

const pause = 400;

/** The state as it is stored: the steps to undo stay with the window. */
const stored = (state: WizardState): WizardState => ({ ...state, shaping: shaping(state.shaping.payload) });

/** Stores the wizard's state shortly after each change, and at once when asked to or when the wizard goes. */
export function useDraft(id: string, state: WizardState) {
  const client = useQueryClient();
  const [saving, setSaving] = useState<Saving>({
    state: 'untouched',
    words: isLive(state) ? text.live.untouched : text.untouched,
  });
  const saved = useRef(state);
  const latest = useRef(state);
  const ended = useRef(false);
  const save = useCallback(async () => {
    const now = latest.current;
    if (ended.current || saved.current === now) return;
    saved.current = now;
    setSaving({ state: 'saving', words: text.saving });
    try {
      const draft = await call('draft_save', {
        id,
        title: now.name || text.newSync,
        saved_at: null,
        state: stored(now),
      });
      const at = clockTime(draft.saved_at ?? new Date());
      setSaving({ state: 'saved', words: isLive(now) ? text.live.saved(at) : text.saved(at) });
      void client.invalidateQueries({ queryKey: ['drafts'] });
      void client.invalidateQueries({ queryKey: ['app_info'] });
    } catch {
      saved.current = state;
      setSaving({ state: 'failed', words: text.notSaved });
    }
  }, [client, id, state]);
  const flush = useRef(save);
  useEffect(() => {
    latest.current = state;
    flush.current = save;
    const timer = setTimeout(() => void save(), pause);
    return () => clearTimeout(timer);
  }, [state, save]);
  useEffect(() => {
    ended.current = false;
    return () => void flush.current();
  }, []);
  /** The draft has become a sync: nothing is stored any more. */
  const end = useCallback(() => {
    ended.current = true;
  }, []);
  return { saving, save, end };
}
