import { useState } from 'react';
import { Button, Form, Input } from 'antd';
import { platformApi } from '@wutong/contract';
import { call } from '../api/call.ts';
import { sentenceOf } from '../parts/states.tsx';
import { LeafMark } from './leaf-mark.tsx';
import { useReader } from './reader.tsx';
import styles from './login-page.module.css';

/** The door of the console. */
export function LoginPage({ onLoggedIn }: { onLoggedIn: () => void }) {
  const { text, language, setLanguage } = useReader();
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (body: { name: string; password: string }) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await call(platformApi.logIn, { body });
      onLoggedIn();
    } catch (error) {
      setRefusal(sentenceOf(error, text));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className={styles.page}>
      <section className={styles.side} aria-hidden="true">
        <LeafMark sizePx={380} color="rgb(255 255 255 / 9%)" />
        <div className={styles.claim}>
          <p className={styles.big}>{text.frame.slogan}</p>
          <p>{text.login.lead}</p>
          <ul>
            {Object.values(text.frame.tong).map(({ name }) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </div>
      </section>
      <section className={styles.door}>
        <Form
          layout="vertical"
          className={styles.form}
          requiredMark={false}
          onFinish={(body) => void submit(body)}
        >
          <LeafMark sizePx={44} />
          <h1>{text.login.title}</h1>
          <Form.Item
            name="name"
            label={text.login.name}
            rules={[{ required: true, message: text.login.nameMissing }]}
          >
            <Input size="large" autoComplete="username" autoFocus />
          </Form.Item>
          <Form.Item
            name="password"
            label={text.login.password}
            rules={[{ required: true, message: text.login.passwordMissing }]}
          >
            <Input.Password size="large" autoComplete="current-password" />
          </Form.Item>
          {refusal && (
            <p className={styles.refusal} role="alert">
              {refusal}
            </p>
          )}
          <Button type="primary" size="large" htmlType="submit" loading={busy} block>
            {text.login.submit}
          </Button>
          <p className={styles.hint}>{text.login.demoHint}</p>
        </Form>
        <Button
          type="text"
          size="small"
          className={styles.language}
          onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
        >
          {text.frame.switchLanguage}
        </Button>
      </section>
    </main>
  );
}
