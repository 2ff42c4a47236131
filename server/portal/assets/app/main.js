import { Api } from './api.js';
import { forgetDrafts } from './draft.js';
import { PushChannel } from './push.js';
import { Router } from './router.js';
import { Session } from './session.js';
import { Shell } from './shell.js';
import { t } from './text.js';
import { accountPage } from '../pages/account.js';
import { filePage } from '../pages/file.js';
import { homePage } from '../pages/home.js';
import { missingPage } from '../pages/missing.js';
import { plansPage } from '../pages/plans.js';
import { problemPage } from '../pages/problem.js';
import { registerPage } from '../pages/register.js';
import { signInPage } from '../pages/sign_in.js';
import { surveyPage } from '../pages/survey.js';
import { ticketPage } from '../pages/ticket.js';
import { welcomePage } from '../pages/welcome.js';

// portal_routes.cpp serves the same addresses.
const routes = [
    { path: '/', access: 'guest', page: welcomePage },
    { path: '/register', access: 'guest', page: registerPage },
    { path: '/sign-in', access: 'guest', page: signInPage },
    { path: '/plans', access: 'anyone', page: plansPage },
    { path: '/home', access: 'customer', page: homePage },
    { path: '/tickets/new', access: 'customer', page: filePage },
    { path: '/tickets/{id}', access: 'customer', page: ticketPage },
    { path: '/account', access: 'customer', page: accountPage },
    { path: '/survey', access: 'anyone', page: surveyPage },
    { path: '/problems/{slug}', access: 'anyone', page: problemPage },
];

const session = new Session();
const api = new Api(session);
const push = new PushChannel(session, () => api.me());
const shell = new Shell(session, push);
const app = { session, api, push, shell };
const router = new Router({ app, outlet: document.getElementById('main'), routes, missing: missingPage });
app.router = router;

function follow() {
    push.stop();
    if (session.isSignedIn)
        push.start();
}

await session.restore();
follow();
router.start();

// Signing in or out may happen in another tab, and a session may end by itself: what is shown follows.
session.addEventListener('change', ({ detail: reason }) => {
    follow();
    if (reason === 'signed-out') {
        forgetDrafts();
        shell.notice(t('account.signedOut'));
        router.go('/', { replace: true });
    } else {
        router.refresh();
    }
});
