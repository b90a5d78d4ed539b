import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

export interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly autocomplete: string;
  readonly hint?: string;
  /** Focused when the page opens. */
  readonly first?: boolean;
  /** The store said no to what stands in it: it is where one goes on typing. */
  readonly invalid?: boolean;
}

/** A view that is put in place later gets no focus by `autofocus`. */
function useFocus(wanted: boolean | undefined) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (wanted === true) ref.current?.focus();
  }, [wanted]);
  return ref;
}

export function TextField({ label, hint, first, invalid, ...rest }: FieldProps) {
  const id = useId();
  const ref = useFocus(first === true || invalid === true);
  return (
    <div class="login-field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        autocapitalize="none"
        spellcheck={false}
        ref={ref}
        aria-invalid={invalid}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        {...rest}
      />
      {hint === undefined ? null : (
        <p id={`${id}-hint`} class="muted small">
          {hint}
        </p>
      )}
    </div>
  );
}

/** What is typed can be looked at: twelve characters are easier to type right when one sees them. */
export function PasswordField({ label, hint, first, invalid, show, ...rest }: FieldProps & { show: string }) {
  const id = useId();
  const ref = useFocus(first === true || invalid === true);
  const [shown, setShown] = useState(false);
  const [typed, setTyped] = useState('');
  const input = {
    id,
    autocapitalize: 'none',
    spellcheck: false,
    ref,
    'aria-invalid': invalid,
    'aria-describedby': hint === undefined ? undefined : `${id}-hint`,
    value: typed,
    onInput: (event: Event) => setTyped((event.currentTarget as HTMLInputElement).value),
    ...rest,
  } as const;
  return (
    <div class="login-field">
      <label for={id}>{label}</label>
      {shown ? <input type="text" {...input} /> : <input type="password" {...input} />}
      <label class="login-field-show">
        <input type="checkbox" checked={shown} onChange={() => setShown(!shown)} />
        {show}
      </label>
      {hint === undefined ? null : (
        <p id={`${id}-hint`} class="muted small">
          {hint}
        </p>
      )}
    </div>
  );
}

/** A form whose fields are read when it is sent, so that password managers may fill them as they like. */
export function Form({
  send,
  children,
}: {
  send: (words: (name: string) => string) => void;
  children: ComponentChildren;
}) {
  return (
    <form
      class="login-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        send((name) => String(data.get(name) ?? ''));
      }}
    >
      {children}
    </form>
  );
}
