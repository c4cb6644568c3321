// A text typed in, classified by the Set that serves. It is no reading: nothing of it is kept. The token stays in this page's memory.
'use strict';

const asked = id => document.getElementById(`ask-${id}`);

// Called with each status; the choice stays where its task still serves.
function askable(tasks) {
  const choice = asked('task');
  const known = [...choice.options].map(option => option.value);
  if (known.join() !== tasks.join()) {
    const chosen = choice.value;
    choice.replaceChildren(...tasks.map(task => new Option(task)));
    if (tasks.includes(chosen)) choice.value = chosen;
  }
  asked('section').hidden = tasks.length === 0;
}

function answered(...parts) {
  asked('answer').replaceChildren(...parts);
}

function told(answer) {
  if (answer.error) return answered(`${answer.decision}: ${answer.error}`);
  const label = document.createElement('strong');
  label.textContent = answer.label;
  const meter = document.createElement('meter');
  meter.value = answer.confidence;
  const others = Object.entries(answer.probabilities)
    .filter(([name]) => name !== answer.label)
    .sort(([, a], [, b]) => b - a)
    .map(([name, share]) => `${name} ${share.toFixed(3)}`);
  answered(label, ' ', meter, ' ' + [
    answer.confidence.toFixed(3), answer.decision,
    answer.stage === 'first' ? 'first stage' : 'main stage',
    answer.cached ? 'cached' : 'not cached',
    ...(answer.cut ? ['cut: the text is longer than the task takes'] : []),
    ...others,
  ].join(' · '));
}

asked('form').addEventListener('submit', async event => {
  event.preventDefault();
  asked('button').disabled = true;
  answered('asking …');
  try {
    const response = await fetch('/api/classify?task=' + encodeURIComponent(asked('task').value), {
      method: 'POST',
      headers: { 'Authorization': 'Bearer ' + asked('token').value.trim(), 'Content-Type': 'text/plain;charset=UTF-8' },
      body: asked('text').value,
      signal: AbortSignal.timeout(60000),
    });
    if (response.ok) told(await response.json());
    else answered(await response.text());
  } catch (failure) {
    answered(failure.name === 'TimeoutError' ? 'No answer came within a minute.' : 'The agent is not reachable.');
  }
  asked('button').disabled = false;
});
