import { useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { StyleSheet, View } from 'react-native';

import { CodeError } from './errorKind';
import { ErrorState } from './ErrorState';
import { Skeleton } from './Skeleton';
import { useToast } from './toast';
import { useErrorText } from './useErrorText';

// Not React.lazy: what once suspended React shows 300 ms later at the earliest, though the code is there after twenty.

type Load<P> = () => Promise<ComponentType<P>>;

/** A screen whose code comes when it is first opened. Those of the daily path are in the first page; take this for others. */
export function screenOnDemand<P extends object>(load: Load<P>): ComponentType<P> {
  const useCode = codeOf(load);
  return function ScreenOnDemand(props: P) {
    const { Part, error, again } = useCode();
    if (Part) return <Part {...props} />;
    return <View style={styles.screen}>{error ? <ErrorState error={error} onRetry={again} /> : <Skeleton lines={6} />}</View>;
  };
}

/** A part of a screen, or a sheet, whose code comes with its first use; waiting keeps its room until then. */
export function partOnDemand<P extends object>(load: Load<P>, waiting: ReactNode = null): ComponentType<P> {
  const useCode = codeOf(load);
  return function PartOnDemand(props: P) {
    const { Part, error } = useCode();
    const toast = useToast();
    const errorText = useErrorText();
    useEffect(() => {
      if (error) toast.show({ text: errorText(error), tone: 'danger' });
      // Said once: the texts change with the language, the error does not.
      // eslint-disable-next-line react-hooks/exhaustive-deps
    }, [error]);
    return Part ? <Part {...props} /> : waiting;
  };
}

/** Makes the hook that loads the code once for all who use it, and draws at once what was loaded before. */
function codeOf<P>(load: Load<P>) {
  let loaded: ComponentType<P> | undefined;
  return function useCode() {
    const [attempt, setAttempt] = useState(0);
    const [{ Part, error }, setState] = useState<{ Part?: ComponentType<P>; error?: CodeError }>(() => ({ Part: loaded }));
    const missing = !Part;
    useEffect(() => {
      if (!missing) return;
      let mounted = true;
      load().then(
        (part) => {
          loaded = part;
          if (mounted) setState({ Part: part });
        },
        (cause: unknown) => mounted && setState({ error: new CodeError({ cause }) }),
      );
      return () => {
        mounted = false;
      };
    }, [attempt, missing]);
    const again = () => {
      setState({});
      setAttempt(attempt + 1);
    };
    return { Part, error, again };
  };
}

const styles = StyleSheet.create({ screen: { flex: 1, padding: 24 } });
