import { useNavigate, type ErrorComponentProps } from '@tanstack/react-router';
import { asProblem } from '@/api/client';
import { Button } from '@/components/Button';
import { ProblemBox } from '@/components/ProblemBox';
import styles from './Broken.module.css';

/** A view that could not be shown: why, what is safe, and the ways on. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const navigate = useNavigate();
  return (
    <main className={styles.broken}>
      <ProblemBox
        problem={asProblem(error)}
        action={
          <>
            <Button icon="refresh" onPress={reset}>
              Try again
            </Button>
            <Button
              look="quiet"
              onPress={() => {
                void navigate({ to: '/' }).then(reset);
              }}
            >
              Go to Home
            </Button>
          </>
        }
      />
    </main>
  );
}
