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

// One histogram: bars are the latest texts, the line the local baseline, the dashed line what the task saw at the desk.
const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 100;
const HEIGHT = 40;

function outline(shares, most, className) {
  const line = document.createElementNS(SVG, 'polyline');
  const step = WIDTH / shares.length;
  line.setAttribute('points', shares.map((share, i) => {
    const y = HEIGHT - HEIGHT * share / most;
    return `${i * step},${y} ${(i + 1) * step},${y}`;
  }).join(' '));
  if (className) line.setAttribute('class', className);
  return line;
}

function picture(histogram) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  // A little room above, so that no line is cut.
  const most = 1.05 * Math.max(0.01, ...histogram.recent, ...histogram.baseline, ...histogram.desk);
  const step = WIDTH / histogram.names.length;
  histogram.recent.forEach((share, i) => {
    const bar = document.createElementNS(SVG, 'rect');
    bar.setAttribute('x', i * step);
    bar.setAttribute('y', HEIGHT - HEIGHT * share / most);
    bar.setAttribute('width', step * 0.9);
    bar.setAttribute('height', HEIGHT * share / most);
    const title = document.createElementNS(SVG, 'title');
    title.textContent = `${histogram.names[i]}: ${(100 * share).toFixed(1)} %`;
    bar.append(title);
    svg.append(bar);
  });
  if (histogram.desk.length) svg.append(outline(histogram.desk, most, 'desk'));
  if (histogram.baseline.length) svg.append(outline(histogram.baseline, most));
  return svg;
}

function drift(task) {
  const card = document.createElement('article');
  if (task.alarms.length) card.className = 'bad';
  const line = document.createElement('p');
  const stands = task.phase === 'watching'
    ? `watching, ${task.windowTexts} texts compared` : `${task.phase}, baseline ${Math.round(100 * task.progress)} %`;
  line.textContent = `${task.task}: ${stands}`;
  card.append(line);
  const effect = (effects, of) => effects.find(each => each.of === of)?.effect.toFixed(2);
  for (const histogram of task.pictures) {
    const figure = document.createElement('figure');
    const caption = document.createElement('figcaption');
    const here = effect(task.shifts, histogram.of);
    const desk = effect(task.gap, histogram.of);
    if (task.alarms.some(alarm => alarm.of === histogram.of)) caption.className = 'bad';
    caption.textContent = histogram.of + (here ? ` ${here}` : '') + (desk ? ` (desk ${desk})` : '');
    const range = document.createElement('div');
    range.append(...[histogram.names[0], histogram.names.at(-1)].map(end => {
      const name = document.createElement('span');
      name.textContent = end;
      return name;
    }));
    figure.append(picture(histogram), range, caption);
    card.append(figure);
  }
  return card;
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
  element('drift-section').hidden = status.drift.length === 0;
  element('drift').replaceChildren(...status.drift.map(drift));
  askable(status.tasks);
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
