import { Select } from 'antd';
import { useText } from '../../frame/reader.tsx';
import { wideList } from '../../parts/wide-list.ts';
import styles from './builder.module.css';

export interface NameOption {
  value: string;
  title: string;
  /** The name as expressions write it: shown small, and found by the search. */
  code?: string | undefined;
}

export interface NameGroup {
  title: string;
  options: readonly NameOption[];
}

interface NameSelectProps {
  label: string;
  placeholder?: string;
  value: string | undefined;
  groups: readonly NameGroup[];
  onChange: (value: string) => void;
  /** Shown while the value is not among the options: it is kept, not lost. */
  unknown?: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  autoFocus?: boolean;
  className?: string | undefined;
}

/** One of many names, found by its title or its code. */
export function NameSelect({ label, value, groups, onChange, unknown, className, ...rest }: NameSelectProps) {
  const { rule } = useText();
  const filled = groups.filter(({ options }) => options.length > 0);
  const known = filled.some(({ options }) => options.some((option) => option.value === value));
  const lost: NameGroup[] =
    value && !known ? [{ title: '', options: [{ value, title: unknown ?? rule.unknownName(value) }] }] : [];
  return (
    <Select<string>
      className={className ? `${styles.names} ${className}` : styles.names}
      aria-label={label}
      value={value || undefined}
      status={value && !known ? 'warning' : undefined}
      aria-invalid={Boolean(value) && !known}
      onChange={onChange}
      {...wideList}
      listHeight={340}
      showSearch={{
        filterOption: (typed, option) => {
          // The search is asked of each option of a group, which carries its words.
          const { search } = (option ?? {}) as { search?: string };
          return search?.includes(typed.trim().toLowerCase()) ?? false;
        },
      }}
      notFoundContent={rule.noneFound}
      options={[...lost, ...filled].map(({ title, options }) => ({
        label: title,
        title,
        options: options.map((option) => ({
          value: option.value,
          label: option.title,
          code: option.code,
          search: `${title} ${option.title} ${option.code ?? option.value}`.toLowerCase(),
        })),
      }))}
      optionRender={({ data, label: title }) => {
        const { code } = data as { code?: string };
        return (
          <span className={styles.option}>
            <span>{title}</span>
            {code && <code>{code}</code>}
          </span>
        );
      }}
      {...rest}
    />
  );
}
