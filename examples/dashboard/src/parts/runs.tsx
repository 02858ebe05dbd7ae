import type { RunRowFragment } from '../gql/graphql'
import { Link } from '../nav'
import { nameOf } from '../syncs'
import { duration } from '../time'
import { count } from '../words'
import { OutcomeBadge, When } from './marks'

export type Run = RunRowFragment & { sync?: { label: string | null; databaseId: number } }
const number = (n: number | null) => (n === null ? <span className="quiet" title="Not reported">–</span> : count(n))

/** A table of runs, newest first, each a link. On a phone, each run is a card. */
export function Runs({ runs, says }: { runs: Run[]; says: string }) {
  const named = runs.some((run) => run.sync)
  return (
    <table className="runs">
      <caption className="unseen">{says}</caption>
      <thead><tr>
        <th>Outcome</th>{named && <th>Sync</th>}<th>Started</th><th className="num">Took</th><th className="num wide">Delay</th><th className="num">Delivered</th><th className="num">Refused</th><th className="num">Invalid</th><th className="wide">Why it ran</th><th>Error</th>
      </tr></thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <td><Link to={{ name: 'run', id: String(run.databaseId) }} data-row className="row"><OutcomeBadge of={run.outcome} /></Link>{run.dryRun && <span className="tag">dry run</span>}{run.fullSync && <span className="tag">full</span>}</td>
            {named && <td data-name="sync">{run.sync && nameOf(run.sync)}</td>}
            <td data-name="started"><When at={run.createdAt} full /></td>
            <td data-name="took" className="num">{run.durationSeconds === null ? <span className="quiet">–</span> : duration(run.durationSeconds)}</td>
            <td className="num wide">{run.scheduleDelaySeconds === null ? <span className="quiet">–</span> : duration(run.scheduleDelaySeconds)}</td>
            <td data-name="delivered" className="num">{number(run.recordsUpdated)}</td>
            <td data-name="refused" className={run.recordsFailed ? 'num bad' : 'num'}>{number(run.recordsFailed)}</td>
            <td data-name="invalid" className={run.sourceRecordInvalids ? 'num bad' : 'num'}>{number(run.sourceRecordInvalids)}</td>
            <td className="wide">{run.syncTriggerReason?.uiTag ?? <span className="quiet">–</span>}</td>
            <td className="code">{run.errorCode?.replaceAll('_', '_\u200b')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
