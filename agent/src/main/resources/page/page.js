// Live verdicts from server-sent events, figures from /api/status. Texts are set as text, never as markup.
'use strict';

const MAX_ROWS = 60;
const element = id => document.getElementById(id);
let paused = false;

element('pause').addEventListener('click', event => {
  paused = !paused;
  event.target.textContent = paused ? 'resume' : 'pause';
});

function cell(row, text, className) {
  const td = row.insertCell();
  td.textContent = text;
  if (className) td.className = className;
  return td;
}

function show(verdict) {
  const body = element('verdicts');
  const empty = body.querySelector('.empty');
  if (empty) empty.remove();
  const row = body.insertRow(0);
  if (!verdict.decision.startsWith('ACCEPT')) row.className = 'escalation';
  cell(row, new Date(verdict.at).toLocaleTimeString([], { hour12: false }));
  cell(row, verdict.source);
  cell(row, verdict.task);
  cell(row, verdict.label ?? '–', verdict.priority);
  const confidence = cell(row, '');
  if (verdict.label) {
    const meter = document.createElement('meter');
    meter.value = verdict.confidence;
    confidence.append(meter, ' ' + verdict.confidence.toFixed(3));
  }
  const how = (verdict.stage === 'first' ? ', first stage' : '') + (verdict.cached ? ', cached' : '');
  cell(row, verdict.decision + how);
  const text = cell(row, verdict.text ?? '(erased)');
  text.title = verdict.text ?? '';
  while (body.rows.length > MAX_ROWS) body.deleteRow(-1);
}

function figures(status) {
  element('gateway').textContent = `${status.site} / ${status.gateway} · agent ${status.agent}`;
  const state = element('state');
  state.textContent = status.judging;
  state.className = 'badge ' + (status.judging === 'serving' ? 'ok' : 'bad');
  for (const name of ['readings', 'escalated', 'unsent', 'acknowledged']) {
    element(name).textContent = status.figures[name].toLocaleString();
  }
  element('latency').textContent = status.figures.p50Millis.toFixed(1);
  element('uplink').textContent = status.uplink;
  element('set').textContent = status.set
    ? `${status.set} on base ${status.base.slice(0, 12)} with ${status.tasks.join(', ')}` : 'no Set yet';
  element('update').textContent = status.update;
  fetched(status.fetch);
  list('rollouts', status.rollouts.list.map(each => `Rollout ${each.id}, ${each.set}: ${each.state}`
    + (each.reason && ` (${each.reason})`) + (each.sentence && `, ${each.sentence}`)));
  list('troubles', status.troubles);
}

function list(id, sentences) {
  element(id).replaceChildren(...sentences.map(sentence => {
    const item = document.createElement('li');
    item.textContent = sentence;
    return item;
  }));
}

// How far a Set's files have come, how fast, and why they wait.
function fetched(fetch) {
  element('fetch').hidden = !fetch.set;
  element('fetched').max = Math.max(fetch.total, 1);
  element('fetched').value = fetch.bytes;
  const megabytes = bytes => (bytes / 1e6).toFixed(1);
  element('fetching').textContent = `${fetch.set}: ${megabytes(fetch.bytes)} of ${megabytes(fetch.total)} MB`
    + (fetch.waits ? `; ${fetch.waits}` : `, ${megabytes(fetch.bytesPerSecond)} MB/s from ${fetch.place}`);
}

function unreachable() {
  const state = element('state');
  state.textContent = 'agent not reachable';
  state.className = 'badge bad';
}

async function poll() {
  try {
    figures(await (await fetch('/api/status', { signal: AbortSignal.timeout(5000) })).json());
  } catch {
    unreachable();
  }
  setTimeout(poll, 2000);
}

// The browser connects the stream again by itself; whether the agent is there, the poll says.
async function follow() {
  try {
    const latest = await (await fetch(`/api/verdicts?max=${MAX_ROWS}`)).json();
    latest.reverse().forEach(show);
  } catch {
    unreachable();
  }
  new EventSource('/api/verdicts/stream').addEventListener('verdict', event => {
    if (!paused) show(JSON.parse(event.data));
  });
}

poll();
follow();
