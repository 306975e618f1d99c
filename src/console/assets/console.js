/** What is live on a page: changes as they come, the crisis sound on wish, a timer, words kept while somebody types. */
(() => {
  const { body } = document;
  const say = (text) => {
    const live = document.getElementById('live');
    if (!live) return;
    live.textContent = text;
    live.classList.add('shown');
    setTimeout(() => live.classList.remove('shown'), 6000);
  };
  const fire = (name) => body.dispatchEvent(new CustomEvent(name));

  // The one-time link: what stands after # never reaches a server's log.
  const token = document.getElementById('token');
  if (token && location.hash.length > 1) {
    token.value = location.hash.slice(1);
    history.replaceState(null, '', location.pathname);
  }

  const since = () => {
    for (const time of document.querySelectorAll('time[data-since]')) {
      const seconds = Math.max(0, Math.floor((Date.now() - Number(time.dataset.since)) / 1000));
      const minutes = Math.floor(seconds / 60);
      const text =
        minutes < 60
          ? `${minutes}分${String(seconds % 60).padStart(2, '0')}秒`
          : `${Math.floor(minutes / 60)}時間${minutes % 60}分`;
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(since, 1000);

  let heard = null;
  const alarmed = () => document.querySelector('[data-alarm]')?.dataset.alarm ?? '';
  const sound = () => {
    if (body.dataset.sound !== 'on' || !window.AudioContext) return;
    const audio = new AudioContext();
    [0, 0.35, 0.7].forEach((at, i) => {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      tone.frequency.value = i === 1 ? 660 : 880;
      gain.gain.setValueAtTime(0.0001, audio.currentTime + at);
      gain.gain.exponentialRampToValueAtTime(0.2, audio.currentTime + at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + at + 0.3);
      tone.connect(gain).connect(audio.destination);
      tone.start(audio.currentTime + at);
      tone.stop(audio.currentTime + at + 0.32);
    });
  };
  const lookAtAlarm = () => {
    const now = alarmed();
    if (heard !== null && now.split(' ').some((one) => one !== '' && !heard.includes(one))) {
      sound();
      document.title = `【急ぎ】${document.title.replace(/^【急ぎ】/u, '')}`;
    }
    heard = now;
    since();
  };
  lookAtAlarm();
  const banner = document.getElementById('banner');
  // Its own children only: the timer writes further down, and would wake this for ever.
  if (banner) new MutationObserver(lookAtAlarm).observe(banner, { childList: true });

  const events = body.dataset.events;
  if (events && window.EventSource) {
    const ticket = document.querySelector('[data-ticket]')?.dataset.ticket;
    const source = new EventSource(ticket ? `${events}?ticket=${encodeURIComponent(ticket)}` : events);
    let ready = false;
    source.addEventListener('ready', () => {
      // After a break the page may have missed something.
      if (ready) for (const name of ['tsunagi-alert', 'tsunagi-tickets', 'tsunagi-ticket']) fire(name);
      ready = true;
      body.dataset.live = 'on';
    });
    source.addEventListener('tickets', () => fire('tsunagi-tickets'));
    source.addEventListener('alert', () => fire('tsunagi-alert'));
    source.addEventListener('ticket', () => {
      fire('tsunagi-ticket');
      const changed = document.getElementById('changed');
      if (changed) changed.hidden = false;
    });
    source.addEventListener('signed-out', () => {
      source.close();
      say('しばらく操作がなかったので、ログアウトしました。');
    });
    addEventListener('pagehide', () => source.close());
  }
  body.addEventListener('tsunagi-tickets', () => {
    if (document.getElementById('list')) say('一覧を新しくしました。');
  });

  // A template goes into the answer without sending it.
  body.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-insert]');
    if (!button) return;
    const field = document.getElementById(button.dataset.into);
    if (!field) return;
    event.preventDefault();
    field.value = field.value === '' ? button.dataset.insert : `${field.value}\n${button.dataset.insert}`;
    field.focus();
  });
  body.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-print]')) window.print();
  });
  // One click, one action.
  body.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = '1';
    setTimeout(() => delete form.dataset.sent, 4000);
  });
})();
