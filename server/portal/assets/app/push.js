// The live feed: what happens to the account's tickets, as it happens, and after a break what was missed.
//
// Events: 'state' when the connection comes or goes, 'resync' when the feed cannot tell everything that happened (the first
// connection, or a gap the server no longer keeps), so that what is shown has to be fetched anew; and one per message,
// named after its type, with the payload as detail.

const firstPause = 500;
const longestPause = 15_000;
const staleAfter = 20_000; // hidden for longer than this, a socket is not trusted: phones cut them silently
const ackPause = 1_000;
const refused = 1008; // the server's way to say that the session is over

export class PushChannel extends EventTarget {
    #session;
    #probe;
    #attempt = 0;
    #socket = null;
    #since = 0;
    #acked = 0;
    #pause = firstPause;
    #timer = 0;
    #ackTimer = 0;
    #wanted = false;
    #hiddenAt = 0;
    #state = 'off'; // off, connecting, live, waiting

    // `probe` is a call that needs a good token.
    constructor(session, probe) {
        super();
        this.#session = session;
        this.#probe = probe;
        addEventListener('online', () => this.#retryNow());
        addEventListener('offline', () => this.#socket?.close());
        document.addEventListener('visibilitychange', () => this.#seen());
    }

    get state() { return this.#state; }

    start() {
        if (this.#wanted)
            return;
        this.#wanted = true;
        this.#connect();
    }

    // Another account has another feed.
    stop() {
        this.#wanted = false;
        this.#since = 0;
        this.#acked = 0;
        this.#letGo();
        this.#enter('off');
    }

    #letGo() {
        this.#attempt += 1;
        clearTimeout(this.#timer);
        const socket = this.#socket;
        this.#socket = null;
        socket?.close();
    }

    async #connect() {
        this.#letGo();
        this.#enter('connecting');
        const attempt = this.#attempt;
        const token = await this.#session.accessToken().catch(() => null);
        if (attempt !== this.#attempt)
            return; // stopped or started anew meanwhile
        if (token === null)
            return this.#retryLater();
        const url = new URL('/api/v1/push', location.href);
        url.protocol = url.protocol.replace('http', 'ws');
        const socket = new WebSocket(url, ['squad.v1', `bearer.${token}`]);
        this.#socket = socket;
        socket.addEventListener('open', () => socket.send(JSON.stringify({ since: this.#since })));
        socket.addEventListener('message', ({ data }) => this.#receive(socket, JSON.parse(data)));
        socket.addEventListener('close', ({ code }) => this.#closed(socket, code));
    }

    #receive(socket, message) {
        if (socket !== this.#socket)
            return;
        if (message.head !== undefined)
            this.#welcome(message);
        else
            this.#deliver(message);
    }

    #welcome({ head, gap }) {
        // A feed that is shorter than what we have seen is another one: the server was set up anew.
        const isBlind = this.#since === 0 || gap || head < this.#since;
        if (isBlind) {
            this.#since = head;
            this.#acked = head;
        }
        this.#pause = firstPause;
        this.#enter('live');
        if (isBlind)
            this.dispatchEvent(new Event('resync'));
    }

    #deliver({ seq, type, payload }) {
        if (seq <= this.#since)
            return; // sent again after a reconnect
        this.#since = seq;
        this.dispatchEvent(new CustomEvent(type, { detail: payload }));
        this.#ackTimer ||= setTimeout(() => this.#acknowledge(), ackPause);
    }

    #acknowledge() {
        this.#ackTimer = 0;
        if (this.#state !== 'live' || this.#acked === this.#since)
            return;
        this.#acked = this.#since;
        this.#socket.send(JSON.stringify({ ack: this.#since }));
    }

    async #closed(socket, code) {
        if (socket !== this.#socket)
            return;
        const attempt = this.#attempt;
        // A browser does not say why a handshake failed. If it was the token, a call finds out and gets a new one.
        if (this.#state === 'connecting' || code === refused)
            await this.#probe().catch(() => {});
        if (attempt === this.#attempt)
            this.#retryLater();
    }

    #retryLater() {
        this.#socket = null;
        this.#enter('waiting');
        clearTimeout(this.#timer);
        // Spread, so that a restarted server is not met by everybody at once.
        this.#timer = setTimeout(() => this.#connect(), this.#pause * (0.5 + Math.random() / 2));
        this.#pause = Math.min(this.#pause * 2, longestPause);
    }

    #retryNow() {
        if (this.#state !== 'waiting')
            return;
        this.#pause = firstPause;
        this.#connect();
    }

    #seen() {
        if (document.hidden)
            this.#hiddenAt = Date.now();
        else if (this.#state === 'live' && Date.now() - this.#hiddenAt > staleAfter)
            this.#connect();
        else
            this.#retryNow();
    }

    #enter(state) {
        if (this.#state === state)
            return;
        this.#state = state;
        this.dispatchEvent(new Event('state'));
    }
}
