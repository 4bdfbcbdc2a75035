import type { DbtModel } from '@/api/bindings/DbtModel';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { ModelFacts } from './ModelFacts';
import { text } from './text';

interface Props {
  model: DbtModel;
  /** The database whose schemas the connection lists, where that is known. */
  database: string | null;
  busy: boolean;
  onReload: () => void;
}

/** A model whose table the login does not see, and what to do about it. */
export function Unseen({ model, database, busy, onReload }: Props) {
  const where = [model.database, model.schema, model.table].filter((part) => part !== null).join('.');
  return (
    <>
      <Banner
        tone="warn"
        action={
          <Button icon="refresh" busy={busy} onPress={onReload}>
            {text.readList}
          </Button>
        }
      >
        <b>{text.dbt.noTable(model.name)}</b>{' '}
        {model.elsewhere && model.database !== null && database !== null
          ? text.dbt.elsewhere(model.database, database)
          : text.dbt.unseen(where)}
      </Banner>
      <ModelFacts model={model} />
    </>
  );
}
