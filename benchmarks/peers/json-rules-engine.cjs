// The policy for json-rules-engine: a rule for each way to fail, each paper and each row of the table of tiers; what is
// reckoned (score, limit, days) is a fact that is computed when a condition asks for it.
//
// node json-rules-engine.cjs REQUESTS.jsonl
// Prints the package's version, then the outcome of each request on a line; then, for each number that it reads, the
// nanoseconds that each of so many first requests took.
'use strict'

const fs = require('node:fs')
const readline = require('node:readline')

let Engine, version
try {
  ;({ Engine } = require('json-rules-engine'))
  version = require('json-rules-engine/package.json').version
} catch {
  process.exit(69)
}

const PAPERS = ['ID', 'FAMILY', 'INCOME', 'DEED', 'LEASE', 'OWNER', 'WELL', 'DISTANCE']
const CENTRAL = ['r01', 'r02', 'r03', 'r04', 'r05']
const RURAL = ['r06', 'r07', 'r08', 'r09']
const LIMITS = {
  central: [160000, 150000, 140000, 130000, 120000, 110000, 100000],
  rural: [170000, 160000, 150000, 140000, 130000, 120000, 110000],
  remote: [180000, 170000, 160000, 150000, 140000, 130000, 120000]
}
// From so many points, in this kind of region, for so many people: this tier. The first that fits.
const TIERS = [
  [70, null, 1, 1], [60, 'remote', 1, 1], [60, null, 7, 1], [60, null, 1, 2], [50, 'remote', 5, 1], [50, 'rural', 7, 1],
  [50, 'remote', 1, 2], [50, null, 7, 2], [50, null, 1, 3], [40, 'remote', 7, 1], [40, 'remote', 4, 2], [40, 'rural', 5, 2],
  [40, null, 6, 3], [40, null, 1, 3], [25, 'remote', 5, 2], [25, 'remote', 1, 3], [25, 'rural', 6, 3], [25, null, 1, 4],
  [10, null, 1, 4], [0, null, 1, 5]
]

const is = (fact, value) => ({ fact, operator: 'equal', value })
const not = (fact, value) => ({ fact, operator: 'notEqual', value })
const within = (fact, value) => ({ fact, operator: 'in', value })
const less = (fact, value) => ({ fact, operator: 'lessThan', value })
const from = (fact, value) => ({ fact, operator: 'greaterThanInclusive', value })
const upTo = (fact, value) => ({ fact, operator: 'lessThanInclusive', value })
const above = (fact, value) => ({ fact, operator: 'greaterThan', value })

const FAILS = {
  R01: { all: [less('age', 18)] },
  R02: { all: [less('residency_months', 12)] },
  R03: { all: [within('region', ['r12', 'r13'])] },
  R04: { all: [above('income', { fact: 'limit' })] },
  R05: { all: [is('supported', true), less('score', 40), less('since_support', 10000)] },
  R06: { all: [is('service', 'connection'), { any: [above('distance', 2), not('ownership', 'owned')] }] },
  R07: { all: [is('service', 'tank'), from('tank', 2)] },
  R08: { all: [is('service', 'well'), is('has_well', false)] },
  R09: { all: [is('service', 'purifier'), is('has_network', false), is('has_well', false)] },
  R10: { all: [is('service', 'tanker'), is('has_network', true), upTo('distance', 5)] },
  R12: { any: [less('national_id', 1000000000), from('national_id', 3000000000)] }
}
const ASKED = {
  ID: [],
  FAMILY: [],
  INCOME: [],
  DEED: [is('ownership', 'owned')],
  LEASE: [is('ownership', 'rented')],
  OWNER: [within('service', ['connection', 'tank']), within('ownership', ['rented', 'lent'])],
  WELL: [is('service', 'well')],
  DISTANCE: [within('service', ['connection', 'tanker'])]
}
const LAPSED = {
  ID: [less('ID_expires', { fact: 'date' })],
  INCOME: [above('income_paper_age', 90)],
  LEASE: [less('LEASE_expires', { fact: 'date' })],
  WELL: [less('WELL_expires', { fact: 'date' })]
}

function build () {
  const engine = new Engine()
  engine.addFact('group', async (_, almanac) => {
    const region = await almanac.factValue('region')
    return CENTRAL.includes(region) ? 'central' : RURAL.includes(region) ? 'rural' : 'remote'
  })
  engine.addFact('limit', async (_, almanac) => {
    const size = await almanac.factValue('size')
    return LIMITS[await almanac.factValue('group')][Math.min(size, 7) - 1] * size
  })
  engine.addFact('since_support', async (_, almanac) =>
    await almanac.factValue('date_ymd') - await almanac.factValue('last_ymd'))
  engine.addFact('income_paper_age', async (_, almanac) =>
    await almanac.factValue('date') - await almanac.factValue('INCOME_issued'))
  // From the request as a whole: a promise for each of its eleven facts would cost more.
  engine.addFact('score', async (_, almanac) => {
    const r = await almanac.factValue('request')
    const score = Math.min(r.disabled * 6, 18) + Math.min(r.orphans * 5, 15) + Math.min(r.elderly * 3, 9) +
      (r.income <= 40000 * r.size ? 20 : r.income <= 80000 * r.size ? 10 : 0) +
      (!r.has_network && !r.has_well ? 15 : r.distance > 5 ? 10 : 0) +
      (r.ownership === 'rented' ? 5 : 0) + (r.size >= 7 ? 8 : 0)
    return Math.min(score, 100)
  })
  // How many days fourteen working days take, by the day of the week on which they begin.
  engine.addFact('reply_in', async (_, almanac) => [18, 20, 20, 20, 20, 19, 18][await almanac.factValue('date') % 7])

  for (const [rule, conditions] of Object.entries(FAILS)) {
    engine.addRule({ conditions, event: { type: 'failed', params: { rule } }, priority: 100 })
  }
  for (const paper of PAPERS) {
    const lacks = [is(`${paper}_here`, false), ...LAPSED[paper] ?? []]
    engine.addRule({
      conditions: { all: [...ASKED[paper], { any: lacks }] },
      event: { type: 'missing', params: { paper } },
      priority: 100
    })
    engine.addRule({
      conditions: { all: [...ASKED[paper], is(`${paper}_matched`, false)] },
      event: { type: 'unmatched' },
      priority: 100
    })
  }
  TIERS.forEach(([points, group, size, tier], row) => {
    const all = [from('score', points)]
    if (group) all.push(is('group', group))
    if (size > 1) all.push(from('size', size))
    engine.addRule({
      conditions: { all },
      event: { type: 'tier', params: { tier } },
      // One after another, and none after the first that fits.
      priority: TIERS.length - row,
      onSuccess: () => engine.stop()
    })
  })
  return engine
}

// Days and dates as numbers, papers flat: what a condition can compare without a path.
function facts (request) {
  const days = date => Math.round(Date.parse(date) / 86400000) + 719163
  const ymd = date => Number(date.replaceAll('-', ''))
  const { applicant, household, dwelling, history, documents } = request
  const all = {
    service: request.service,
    date: days(request.submitted_at),
    date_ymd: ymd(request.submitted_at),
    ...applicant,
    size: household.size,
    income: household.monthly_income * 100,
    disabled: household.disabled,
    orphans: household.orphans,
    elderly: household.elderly,
    ...dwelling,
    supported: history.supported,
    last_ymd: history.last_support ? ymd(history.last_support) : 0
  }
  all.request = { ...all }
  for (const paper of PAPERS) {
    const here = documents[paper]
    all[`${paper}_here`] = here !== undefined
    all[`${paper}_expires`] = here?.expires ? days(here.expires) : 0
    all[`${paper}_issued`] = here?.issued ? days(here.issued) : 0
    all[`${paper}_matched`] = here?.matched ?? true
  }
  return all
}

async function decide (engine, facts) {
  const { events, almanac } = await engine.run(facts)
  const outcome = {
    failed: [], missing: [], matched: true, score: await almanac.factValue('score'), tier: 0, reply_in: await almanac.factValue('reply_in')
  }
  for (const { type, params } of events) {
    if (type === 'failed') outcome.failed.push(params.rule)
    else if (type === 'missing') outcome.missing.push(params.paper)
    else if (type === 'unmatched') outcome.matched = false
    else outcome.tier = params.tier
  }
  return outcome
}

async function main () {
  const engine = build()
  const requests = fs.readFileSync(process.argv[2], 'utf8').trimEnd().split('\n').map(line => facts(JSON.parse(line)))
  const lines = [version]
  for (const request of requests) lines.push(JSON.stringify(await decide(engine, request)))
  process.stdout.write(lines.join('\n') + '\n')
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const count = Number(line)
    const start = process.hrtime.bigint()
    for (let index = 0; index < count; index++) await decide(engine, requests[index])
    process.stdout.write(`${Number(process.hrtime.bigint() - start) / count}\n`)
  }
}

main()
