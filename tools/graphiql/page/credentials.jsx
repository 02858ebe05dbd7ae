// The field for credentials, shown if callers need them. It applies to all tabs of GraphiQL, until the browser's tab is closed.
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { config, folder } from './config.js';

const key = 'census-gateway' + folder + 'credentials';
const kept = () => sessionStorage.getItem(key) ?? '';

// People may paste the whole header.
const token = () => kept().trim().replace(/^(authorization:\s*)?bearer\s+/i, '');

const names = ['authorization', 'x-api-key'];

// withCredentials returns a fetcher that adds the field's credentials, unless the tab has its own headers for them.
// Without credentials it does not request the schema, because that would be rejected.
export const withCredentials = fetcher => (params, opts) => {
  const own = Object.keys(opts?.headers ?? {}).some(name => names.includes(name.toLowerCase()));
  if (!config.credentials || own) {
    return fetcher(params, opts);
  }
  const sent = token();
  const schema = params.operationName === 'IntrospectionQuery';
  if (sent === '') {
    return schema
      ? Promise.resolve({ errors: [{ message: `Enter ${config.credentials} above.` }] })
      : fetcher(params, opts);
  }
  const answer = fetcher(params, { ...opts, headers: { ...opts?.headers, Authorization: `Bearer ${sent}` } });
  return schema ? unlessOutdated(answer, sent) : answer;
};

// unlessOutdated answers a request for the schema, unless the credentials have changed meanwhile.
// GraphiQL would show that the old ones were refused, in place of the schema for the new ones.
async function unlessOutdated(answer, sent) {
  const result = await answer;
  return token() === sent ? result : new Promise(() => {});
}

export function Credentials() {
  const bar = document.getElementById('credentials');
  return bar && createPortal(<Field />, bar);
}

function Field() {
  const [value, setValue] = useState(kept);
  const { introspect } = useGraphiQLActions();
  const refused = useGraphiQL(state => state.fetchError)?.includes('UNAUTHENTICATED');

  // The schema needs credentials too. It is requested again when they are entered: with Enter, or by leaving the field.
  const loadedFor = useRef(value);
  const loadSchema = () => {
    if (loadedFor.current !== value) {
      loadedFor.current = value;
      introspect();
    }
  };
  useEffect(() => sessionStorage.setItem(key, value), [value]);

  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        loadSchema();
      }}
    >
      <label htmlFor="credential">Credentials</label>
      <input
        id="credential"
        type="password"
        autoComplete="off"
        spellCheck={false}
        placeholder={config.credentials}
        aria-describedby="credentials-note"
        value={value}
        onChange={event => setValue(event.target.value)}
        onBlur={loadSchema}
      />
      <p id="credentials-note" role="status">
        {refused && value ? 'The gateway does not accept these. ' : ''}
        Accepted: {config.credentials}. Sent from all tabs as a Bearer token; forgotten when this browser tab is closed.
      </p>
    </form>
  );
}
