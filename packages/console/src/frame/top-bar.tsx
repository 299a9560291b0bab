import { useState } from 'react';
import { Button, Dropdown } from 'antd';
import { MenuOutlined, SearchOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { platformApi } from '@wutong/contract';
import { call } from '../api/call.ts';
import { wordFor } from '../text/text.ts';
import { ClockText } from './clock-text.tsx';
import { HealthLights } from './health-lights.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { useReader } from './reader.tsx';
import { SearchPalette } from './search-palette.tsx';
import { useSearchKey } from './search-key.ts';
import { useSession } from './session.tsx';
import styles from './top-bar.module.css';

export function TopBar({ onOpenNavigation }: { onOpenNavigation: () => void }) {
  const { text, language, setLanguage } = useReader();
  const [searching, setSearching] = useState(false);
  useSearchKey(() => setSearching(true));
  return (
    <header className={styles.bar}>
      <Button
        className={styles.burger}
        type="text"
        icon={<MenuOutlined />}
        aria-label={text.frame.openNavigation}
        onClick={onOpenNavigation}
      />
      <button type="button" className={styles.search} onClick={() => setSearching(true)}>
        <SearchOutlined />
        <span className={styles.hint}>{text.frame.searchHint}</span>
        <span className={styles.shortHint}>{text.frame.search}</span>
        <kbd>/</kbd>
      </button>
      <div className={styles.right}>
        <ClockText />
        <HealthLights />
        <Button
          type="text"
          size="small"
          className={styles.language}
          aria-label={text.frame.language}
          onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
        >
          {text.frame.switchLanguage}
        </Button>
        <Account />
      </div>
      {searching && <SearchPalette onClose={() => setSearching(false)} />}
    </header>
  );
}

function Account() {
  const { text } = useReader();
  const { user } = useSession();
  const client = useQueryClient();
  const [isChanging, setIsChanging] = useState(false);
  const logOut = async () => {
    await call(platformApi.logOut);
    client.clear();
    window.location.assign('/');
  };
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            {
              key: 'who',
              label: `${user.displayName} · ${wordFor(text.frame.roles, user.role)}`,
              disabled: true,
            },
            { type: 'divider' },
            { key: 'password', label: text.access.changePassword, onClick: () => setIsChanging(true) },
            { key: 'logOut', label: text.frame.logOut, onClick: () => void logOut() },
          ],
        }}
      >
        <button type="button" className={styles.account} aria-label={text.frame.account}>
          {user.displayName.slice(0, 1)}
        </button>
      </Dropdown>
      {isChanging && <PasswordDialog onClose={() => setIsChanging(false)} />}
    </>
  );
}
