import { NavLink } from 'react-router-dom';
import { LeafMark } from './leaf-mark.tsx';
import { menuFor } from './menu.tsx';
import { useText } from './reader.tsx';
import { useSession } from './session.tsx';
import styles from './navigation.module.css';

/** The left column. `onGo` closes the drawer on a phone. */
export function Navigation({ onGo }: { onGo?: () => void }) {
  const { frame } = useText();
  const { bank, user } = useSession();
  return (
    <div className={styles.column}>
      <NavLink to="/" className={styles.brand} onClick={onGo}>
        <LeafMark sizePx={28} />
        <span className={styles.names}>
          <b>{frame.product}</b>
          <span title={bank.name}>{bank.name}</span>
        </span>
      </NavLink>
      <nav aria-label={frame.navigation} className={styles.menu}>
        {menuFor(user).map((group) => (
          <div key={group.label ?? 'home'} className={styles.group}>
            {group.label && <p className={styles.groupName}>{frame.menu[group.label]}</p>}
            {group.items.map(({ to, label, icon: Icon, exact }) => (
              <NavLink
                key={to}
                to={to}
                end={exact}
                onClick={onGo}
                className={({ isActive }) => (isActive ? `${styles.item} ${styles.active}` : styles.item)}
              >
                <span aria-hidden="true">
                  <Icon />
                </span>
                <span>{frame.menu[label]}</span>
              </NavLink>
            ))}
          </div>
        ))}
      </nav>
    </div>
  );
}
