import { h, icon, link, replace } from './dom.js';
import { t } from './text.js';

const flickerPause = 1_200; // ms a connection may be away before we say so
const noticeTime = 6_000;

// What surrounds every page: navigation, connection state, passing notices.
export class Shell {
    #session;
    #push;
    #navigation = document.getElementById('nav');
    #connection = document.getElementById('connection');
    #notices = document.getElementById('notices');
    #timer = 0;

    constructor(session, push) {
        this.#session = session;
        this.#push = push;
        document.getElementById('skip').textContent = t('nav.skip');
        document.getElementById('brand').setAttribute('aria-label', t('nav.brand'));
        replace(document.getElementById('footer'), footer());
        push.addEventListener('state', () => this.#connectionChanged());
    }

    // After every change of page: who is signed in, and where we are.
    shown(pathname) {
        const isSignedIn = this.#session.isSignedIn;
        const items = isSignedIn
            ? [['/home', 'home', t('nav.home')], ['/tickets/new', 'plus', t('nav.file')],
                ['/plans', 'shield', t('nav.plans')], ['/account', 'person', t('nav.account')]]
            : [['/plans', 'shield', t('nav.plans')], ['/sign-in', 'person', t('nav.signIn')]];
        this.#navigation.className = isSignedIn ? 'nav tabs' : 'nav';
        this.#navigation.setAttribute('aria-label', t('nav.label'));
        document.getElementById('brand').href = isSignedIn ? '/home' : '/';
        replace(this.#navigation, h('ul', {}, items.map(([href, symbol, label]) => h('li', {}, link(
            [icon(symbol, 22), label],
            href,
            {
                'aria-current': pathname === href ? 'page' : null,
                class: href === '/tickets/new' && isSignedIn ? 'button slim' : null,
            },
        )))));
    }

    // A short message that needs no answer.
    notice(text, symbol = 'check') {
        const element = h('div', {}, icon(symbol), h('span', {}, text));
        this.#notices.append(element);
        setTimeout(() => element.remove(), noticeTime);
    }

    #connectionChanged() {
        clearTimeout(this.#timer);
        const { state } = this.#push;
        if (state === 'live' || state === 'off') {
            this.#sayConnection(null);
        } else if (!this.#connection.hasChildNodes()) {
            this.#timer = setTimeout(() => this.#sayConnection(t('connection.lost')), flickerPause);
        }
    }

    #sayConnection(text) {
        replace(this.#connection, text && h('div', {}, h('span', { class: 'dot' }), text));
    }
}

function footer() {
    return h('div', { class: 'footer-inside' },
        h('span', {}, t('footer.company')),
        h('span', {}, t('footer.promise')));
}
