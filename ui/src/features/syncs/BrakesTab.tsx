import { useState } from 'react';
import type { Sync } from '@/api/bindings/Sync';
import { asProblem } from '@/api/client';
import { useCommand } from '@/api/queries';
import { Button } from '@/components/Button';
import { Switch } from '@/components/Checkbox';
import { TextField } from '@/components/Field';
import { ProblemBox } from '@/components/ProblemBox';
import { ScrollRegion } from '@/components/ScrollRegion';
import { t } from '@/components/text';
import { toasts } from '@/components/toasts';
import { useLeft } from '@/components/use-left';
import { type BrakesForm, type Limited, brakesForm, brakesOf, fits, limits, usual } from './brakes';
import { text as words } from './brakes-text';
import { text } from './text';
import styles from './Brakes.module.css';

/** When a run of the sync asks before it goes on. */
export function BrakesTab({ sync }: { sync: Sync }) {
  const { definition } = sync;
  const { brakes } = definition;
  const save = useCommand('sync_save', ['syncs', 'sync']);
  const { leave, told } = useLeft<Limited>();
  const [edited, setEdited] = useState<BrakesForm | null>(null);
  if (!brakes) return null;
  const form = edited ?? brakesForm(brakes);
  const next = brakesOf(form);
  const change = (part: Partial<BrakesForm>) => setEdited({ ...form, ...part });
  const mirrors = definition.mode === 'mirror' && definition.removed !== 'nothing';
  const keep = async () => {
    if (!next) return;
    await save.mutateAsync({
      existing: definition.name,
      definition: { ...definition, brakes: next },
      draft: null,
    });
    setEdited(null);
    toasts.show(words.saved(definition.name));
  };
  const limit = (name: Limited) => (
    <div key={name} className={styles.brake}>
      <Switch
        on={form[name].on}
        onChange={(on) => change({ [name]: { ...form[name], on } })}
        help={words.help[name]}
      >
        {words.names[name]}
      </Switch>
      <TextField
        label={words.limitOf[name]}
        hideLabel
        size="sm"
        value={form[name].text}
        disabled={!form[name].on}
        onChange={(typed) => change({ [name]: { ...form[name], text: typed } })}
        after={<span className={t('soft')}>{limits[name] === 'percent' ? '%' : words.records}</span>}
        help={words.example(usual[name])}
        onBlur={() => leave(name)}
        error={told(name, fits(name, form[name]) ? undefined : words.wrong[limits[name]])}
      />
    </div>
  );
  const plain = (name: 'empty' | 'first_run') => (
    <div className={styles.brake}>
      <Switch on={form[name]} onChange={(on) => change({ [name]: on })} help={words.help[name]}>
        {words.names[name]}
      </Switch>
    </div>
  );
  return (
    <ScrollRegion className={styles.scroll} label={text.page.tabs.brakes}>
      <p className={t('soft')}>{words.about}</p>
      {plain('empty')}
      {limit('shrunk')}
      {mirrors && (['removed', 'removed_records'] as const).map(limit)}
      {limit('emptied')}
      {limit('refused')}
      {plain('first_run')}
      {save.error && <ProblemBox problem={asProblem(save.error)} />}
      <div className={styles.answers}>
        <Button
          look="primary"
          busy={save.isPending}
          isDisabled={edited === null || next === null}
          onPress={() => void keep().catch(() => undefined)}
        >
          {words.save}
        </Button>
        {edited !== null && <Button onPress={() => setEdited(null)}>{words.undo}</Button>}
      </div>
    </ScrollRegion>
  );
}
