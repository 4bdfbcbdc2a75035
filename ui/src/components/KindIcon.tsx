import { cx } from './cx';
import styles from './KindIcon.module.css';

/** A connector's own sign, drawn in the colour of the text around it. `svg` is the document from its manifest. */
export function KindIcon({ svg, className }: { svg: string | undefined; className?: string | undefined }) {
  const put = (node: HTMLElement | null) => {
    if (!node || !svg) return;
    const image = `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
    node.style.setProperty('-webkit-mask-image', image);
    node.style.setProperty('mask-image', image);
  };
  return <span className={cx(styles.icon, className)} ref={put} aria-hidden="true" />;
}
