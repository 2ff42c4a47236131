#include "expert-client/expert_app.h"

#include "shared/ui/connection_badge.h"
#include "tests/clients/support/app_driver.h"
#include "tests/clients/support/office.h"
#include "tests/clients/support/sample.h"

#include <QDialog>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

using namespace Qt::StringLiterals;

// The expert's app as its expert meets it: real window, real network, keys and clicks.
class ExpertAppTest : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void aWrongPasswordSaysSo();
    void aCustomerIsSentToThePortal();
    void withoutAJobThePageSaysWhatHappensNext();
    void offDutyThePageOffersToGoOnDuty();
    void aNewJobIsOfferedAtOnceAndTheKeyboardIsOnAccept();
    void whoIsTypingIsNotInterrupted();
    void aJobGoesFromOfferToDone();
    void turningDownAsksForAReason();
    void whatTheCustomerOwesIsSaidWhereItMatters();
    void completingNeedsANote();
    void whatWasWrittenSurvivesAFailure();
    void theSameAnswerSentAgainIsTheSameRequest();
    void theSessionMayEndWhileSomebodyWrites();
    void aConflictTellsWhatTheTicketIsNow();
    void aJobThatIsTakenAwayLeavesAndSaysSo();
    void aCancelledJobSaysWhoCalledItOff();
    void aServerThatIsGoneIsShownAndComesBack();
    void aListThatFailsOffersToTryAgain();
    void dutyIsSwitchedWhenTheServerAgrees();
    void dutyThatTheServerRefusesStays();
    void theAccountPageShowsProfileAndSessions();
    void signingOutLeavesNothingBehind();
    void everythingThatCanBeOperatedHasAName();
    void nothingIsCutOffAtTwiceTheTextSize();
    void picturesInBothColours();

private:
    void start(LaunchOptions options = {});
    void startSignedIn(const LaunchOptions &options = {});
    api::Ticket myTicket(int index, api::TicketState state);

    api::Account m_ada;
    std::unique_ptr<Office> m_office;
    std::unique_ptr<AppDriver> m_app;
};

void ExpertAppTest::init()
{
    m_ada = sample::account(api::Role::expert, u"Ada Rivera"_s);
    m_office = std::make_unique<Office>(m_ada);
    m_office->expert = sample::expert(m_ada);
}

void ExpertAppTest::cleanup()
{
    m_app.reset();
    m_office.reset();
}

void ExpertAppTest::start(LaunchOptions options)
{
    if (!options.mode)
        options.mode = Theme::Mode::light;
    if (!options.size)
        options.size = QSize(1280, 720);
    m_app = AppDriver::start<ExpertApp>(m_office->url(), options);
}

void ExpertAppTest::startSignedIn(const LaunchOptions &options)
{
    start(options);
    m_app->signIn();
    QTRY_VERIFY(m_app->desktop->session.isSignedIn());
    m_app->settle();
}

api::Ticket ExpertAppTest::myTicket(int index, api::TicketState state)
{
    const api::ExpertName me { m_ada.id, m_ada.name.toString() };
    const api::Ticket ticket = sample::ticket(index, state, me);
    m_office->decisions[ticket.id] = { sample::decision(me) };
    return ticket;
}

void ExpertAppTest::aWrongPasswordSaysSo()
{
    start();

    m_app->signIn(u"wrong"_s);

    QTRY_VERIFY(m_app->shows(u"E-mail or password is wrong."_s));
    QVERIFY(m_app->find<QLineEdit>(u"Password"_s)->text().isEmpty());
    QVERIFY(m_app->find<QPushButton>(u"Sign in"_s)->isEnabled());
}

void ExpertAppTest::aCustomerIsSentToThePortal()
{
    m_office->account.role = api::Role::customer;
    start();

    m_app->signIn();

    QTRY_VERIFY(m_app->shows(u"This app is for experts, and you signed in as a customer."_s));
    QVERIFY(m_app->shows(u"customer portal"_s));
    QTRY_COMPARE(m_office->count("POST", "/auth/logout"), 1);
}

void ExpertAppTest::withoutAJobThePageSaysWhatHappensNext()
{
    startSignedIn();

    QTRY_VERIFY(m_app->shows(u"You are on duty. A new job appears here by itself."_s));
    QVERIFY(m_app->has<QPushButton>(u"Connection: Live"_s));
}

void ExpertAppTest::offDutyThePageOffersToGoOnDuty()
{
    m_office->expert.availability = api::Availability::offDuty;
    startSignedIn();
    QTRY_VERIFY(m_app->shows(u"You are off duty"_s));

    m_app->click(u"Go on duty"_s);

    QTRY_VERIFY(m_app->shows(u"You are on duty."_s));
    QCOMPARE(m_office->expert.availability, api::Availability::available);
}

void ExpertAppTest::aNewJobIsOfferedAtOnceAndTheKeyboardIsOnAccept()
{
    startSignedIn();
    const api::Ticket ticket = myTicket(0, api::TicketState::assigned);

    m_office->change(ticket, u"assign"_s, u"Matching"_s);

    QTRY_VERIFY(m_app->shows(u"New job, high: "_s + ticket.subject));
    auto *accept = m_app->find<QPushButton>(u"Accept"_s);
    QTRY_VERIFY(accept->hasFocus());
    QTest::keyClick(accept, Qt::Key_Space);
    QTRY_COMPARE(m_office->ticket(ticket.id).state, api::TicketState::accepted);
    QTRY_VERIFY(!m_app->has<QPushButton>(u"Accept"_s)); // an answered offer goes
}

void ExpertAppTest::whoIsTypingIsNotInterrupted()
{
    startSignedIn();
    QLineEdit note(&m_app->desktop->shell);
    note.show();
    note.setFocus();
    QTRY_VERIFY(note.hasFocus());

    m_office->change(myTicket(0, api::TicketState::assigned), u"assign"_s, u"Matching"_s);

    QTRY_VERIFY(m_app->has<QPushButton>(u"Accept"_s));
    QVERIFY(note.hasFocus());
}

void ExpertAppTest::aJobGoesFromOfferToDone()
{
    const api::Ticket ticket = myTicket(0, api::TicketState::assigned);
    m_office->add(ticket);
    startSignedIn();
    QTRY_VERIFY(m_app->has<QPushButton>(u"Accept"_s));

    m_app->click(u"Accept"_s);
    QTRY_VERIFY(m_app->has<QPushButton>(u"Start travelling"_s));
    m_app->settle();
    m_app->click(u"Start travelling"_s);
    QTRY_VERIFY(m_app->has<QPushButton>(u"I have arrived"_s));
    m_app->settle();
    m_app->click(u"I have arrived"_s);
    QTRY_VERIFY(m_app->has<QPushButton>(u"Complete …"_s));
    m_app->settle();
    m_app->click(u"Complete …"_s);
    QDialog *dialog = AppDriver::dialog();
    dialog->findChild<QPlainTextEdit *>()->setPlainText(u"Replaced the power board."_s);
    AppDriver::clickIn(*dialog, u"Complete"_s);

    QTRY_VERIFY(m_app->shows(u"Replaced the power board."_s));
    QCOMPARE(m_office->ticket(ticket.id).state, api::TicketState::completed);
    QVERIFY(!m_app->has<QPushButton>(u"Complete …"_s));
}

void ExpertAppTest::turningDownAsksForAReason()
{
    const api::Ticket ticket = myTicket(0, api::TicketState::assigned);
    m_office->add(ticket);
    startSignedIn();
    QTRY_VERIFY(m_app->has<QPushButton>(u"Accept"_s));

    m_app->click(u"Turn down …"_s);
    QDialog *dialog = AppDriver::dialog();
    AppDriver::clickIn(*dialog, u"Turn down"_s);
    QVERIFY(dialog->isVisible()); // it stays until there is a reason
    AppDriver::clickIn(*dialog, u"Too far away"_s);
    AppDriver::photograph(*dialog, u"expert-turn-down"_s);
    AppDriver::clickIn(*dialog, u"Turn down"_s);

    QTRY_COMPARE(m_office->ticket(ticket.id).state, api::TicketState::open);
    QTRY_VERIFY(m_app->shows(u"No job right now"_s));
    QTRY_VERIFY(!QApplication::activeModalWidget());
    const auto isReason = [](const ReceivedRequest &each) { return each.body.contains("Too far away"); };
    QVERIFY(std::ranges::any_of(m_office->server.requests, isReason));
}

void ExpertAppTest::whatTheCustomerOwesIsSaidWhereItMatters()
{
    const api::Ticket ticket = myTicket(1, api::TicketState::accepted);
    const QString heed = u"The plan is suspended: ask the office before you begin."_s;
    m_office->add(ticket);
    m_office->standings[ticket.id] = { api::Standing::suspended, heed };

    startSignedIn();

    QTRY_VERIFY(m_app->shows(heed));
    m_app->photograph(u"expert-standing"_s);
    m_app->desktop->theme.setMode(Theme::Mode::dark);
    m_app->settle();
    m_app->photograph(u"expert-standing-dark"_s);
}

void ExpertAppTest::completingNeedsANote()
{
    m_office->add(myTicket(0, api::TicketState::inProgress));
    startSignedIn();
    QTRY_VERIFY(m_app->has<QPushButton>(u"Complete …"_s));

    m_app->click(u"Complete …"_s);
    QDialog *dialog = AppDriver::dialog();
    AppDriver::clickIn(*dialog, u"Complete"_s);

    QVERIFY(dialog->isVisible());
    QCOMPARE(m_office->count("POST", "/tickets"), 0);
}

void ExpertAppTest::whatWasWrittenSurvivesAFailure()
{
    const api::Ticket ticket = myTicket(0, api::TicketState::inProgress);
    m_office->add(ticket);
    startSignedIn();
    QTRY_VERIFY(m_app->has<QPushButton>(u"Complete …"_s));
    m_app->click(u"Complete …"_s);
    QDialog *dialog = AppDriver::dialog();
    auto *note = dialog->findChild<QPlainTextEdit *>();
    note->setPlainText(u"Replaced the power board."_s);
    m_office->refuseActions = Problem::internal(u"The disk is full."_s);

    AppDriver::clickIn(*dialog, u"Complete"_s);
    QTRY_VERIFY(AppDriver::shows(*dialog, u"The disk is full."_s));
    QCOMPARE(note->toPlainText(), u"Replaced the power board."_s);
    AppDriver::photograph(*dialog, u"expert-complete"_s);
    m_office->refuseActions.reset();
    AppDriver::clickIn(*dialog, u"Complete"_s);

    QTRY_COMPARE(m_office->ticket(ticket.id).state, api::TicketState::completed);
    QTRY_VERIFY(!QApplication::activeModalWidget());
}

void ExpertAppTest::theSameAnswerSentAgainIsTheSameRequest()
{
    const api::Ticket ticket = myTicket(0, api::TicketState::assigned);
    m_office->add(ticket);
    startSignedIn();
    QTRY_VERIFY(m_app->has<QPushButton>(u"Accept"_s));
    m_office->dropActions = true; // each arrives, and no answer comes back
    m_app->click(u"Accept"_s);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->shows(u"The server cannot be reached"_s), 20'000);

    m_office->dropActions = false;
    m_app->click(u"Accept"_s);
    QTRY_COMPARE(m_office->ticket(ticket.id).state, api::TicketState::accepted);

    QSet<QByteArray> keys;
    for (const ReceivedRequest &each : std::as_const(m_office->server.requests)) {
        if (each.target.endsWith("/accept"))
            keys.insert(each.headers.value("idempotency-key"));
    }
    QCOMPARE(keys.size(), 1);
}

void ExpertAppTest::theSessionMayEndWhileSomebodyWrites()
{
    m_office->add(myTicket(0, api::TicketState::inProgress));
    startSignedIn();
    QTRY_VERIFY(m_app->has<QPushButton>(u"Complete …"_s));
    m_app->click(u"Complete …"_s);
    QVERIFY(AppDriver::dialog()->isVisible());

    m_office->endSession();
    m_app->desktop->shell.refreshRequested();

    QTRY_VERIFY(m_app->has<QPushButton>(u"Sign in"_s));
    QTRY_VERIFY(!QApplication::activeModalWidget());
    QVERIFY(m_app->shows(u"Your session has ended."_s));
}

void ExpertAppTest::aConflictTellsWhatTheTicketIsNow()
{
    api::Ticket ticket = myTicket(0, api::TicketState::assigned);
    m_office->add(ticket);
    startSignedIn();
    QTRY_VERIFY(m_app->has<QPushButton>(u"Accept"_s));
    ticket.expert = api::ExpertName { api::AccountId::make(), u"Ben Ortiz"_s };
    ticket.version = 9;
    m_office->add(ticket); // without a push: the app cannot know yet
    m_office->refuseActions = Problem::conflict(u"ticket.taken"_s, u"taken"_s);

    m_app->click(u"Accept"_s);

    QTRY_VERIFY(
        m_app->shows(ticket.number + u" has changed in the meantime: it is “offered”, with Ben Ortiz."_s)
    );
}

void ExpertAppTest::aJobThatIsTakenAwayLeavesAndSaysSo()
{
    api::Ticket ticket = myTicket(0, api::TicketState::accepted);
    m_office->add(ticket);
    startSignedIn();
    QTRY_VERIFY(m_app->has<QPushButton>(u"Start travelling"_s));

    ticket.expert = api::ExpertName { api::AccountId::make(), u"Ben Ortiz"_s };
    m_office->change(ticket, u"assign"_s, u"Mona Field"_s);

    QTRY_VERIFY(m_app->shows(u"Mona Field gave "_s + ticket.number + u" to somebody else."_s));
    QTRY_VERIFY(m_app->shows(u"No job right now"_s));
    QVERIFY(!m_app->has<QPushButton>(u"Start travelling"_s));
}

void ExpertAppTest::aCancelledJobSaysWhoCalledItOff()
{
    api::Ticket ticket = myTicket(0, api::TicketState::enRoute);
    m_office->add(ticket);
    startSignedIn();
    QTRY_VERIFY(m_app->has<QPushButton>(u"I have arrived"_s));

    ticket.state = api::TicketState::cancelled;
    m_office->change(ticket, u"cancel"_s, ticket.contactName);

    QTRY_VERIFY(m_app->shows(ticket.contactName + u" called off "_s + ticket.number));
    QVERIFY(!m_app->has<QPushButton>(u"I have arrived"_s));
}

void ExpertAppTest::aServerThatIsGoneIsShownAndComesBack()
{
    startSignedIn();

    m_office->server.stop();
    QTRY_VERIFY_WITH_TIMEOUT(!m_app->has<QPushButton>(u"Connection: Live"_s), 10'000);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->shows(u"What you see may be out of date."_s), 30'000);
    m_office->server.start();
    m_app->find<ConnectionBadge>(u"Connection: "_s + connectionText(m_app->desktop->connection))->click();

    QTRY_VERIFY_WITH_TIMEOUT(m_app->has<QPushButton>(u"Connection: Live"_s), 60'000);
    QVERIFY(!m_app->shows(u"What you see may be out of date."_s));
}

void ExpertAppTest::aListThatFailsOffersToTryAgain()
{
    m_office->insteadOfList = ScriptedAnswer { 500, R"({"detail":"The disk is full."})" };
    startSignedIn();
    QTRY_VERIFY(m_app->shows(u"The disk is full."_s));

    m_office->insteadOfList.reset();
    m_app->click(u"Try again"_s);

    QTRY_VERIFY(m_app->shows(u"No job right now"_s));
}

void ExpertAppTest::dutyIsSwitchedWhenTheServerAgrees()
{
    startSignedIn();

    m_app->click(u"Availability: On duty"_s);

    QTRY_VERIFY(m_app->has<QAbstractButton>(u"Availability: Off duty"_s));
    QCOMPARE(m_office->expert.availability, api::Availability::offDuty);
}

void ExpertAppTest::dutyThatTheServerRefusesStays()
{
    startSignedIn();
    m_office->refuseActions = Problem::conflict({}, u"Finish your job first."_s);

    m_app->click(u"Availability: On duty"_s);

    QTRY_VERIFY(m_app->shows(u"Finish your job first."_s));
    QVERIFY(m_app->has<QAbstractButton>(u"Availability: On duty"_s));
}

void ExpertAppTest::theAccountPageShowsProfileAndSessions()
{
    startSignedIn();

    QTest::keyClick(&m_app->desktop->shell, Qt::Key_2, Qt::ControlModifier);
    m_app->settle();

    QVERIFY(m_app->shows(m_ada.email.toString()));
    QTRY_VERIFY(m_app->shows(u"Firefox on Linux"_s));
    m_app->click(u"End the session on Firefox on Linux"_s);
    QTRY_COMPARE(m_office->count("DELETE", "/auth/sessions/"), 1);
    QTRY_VERIFY(m_app->shows(u"That session has ended."_s));
}

void ExpertAppTest::signingOutLeavesNothingBehind()
{
    m_office->add(myTicket(0, api::TicketState::accepted));
    startSignedIn();
    QTRY_VERIFY(m_app->has<QPushButton>(u"Start travelling"_s));

    m_app->click(u"Sign out"_s);
    AppDriver::clickIn(*AppDriver::dialog(), u"Sign out"_s);

    QTRY_VERIFY(m_app->has<QPushButton>(u"Sign in"_s));
    QVERIFY(m_app->desktop->shell.findChildren<QListView *>().isEmpty());
    QCOMPARE(m_app->desktop->push.state(), PushChannel::State::closed);
    QTRY_COMPARE(m_office->count("POST", "/auth/logout"), 1);
}

void ExpertAppTest::everythingThatCanBeOperatedHasAName()
{
    m_office->add(myTicket(0, api::TicketState::assigned));
    startSignedIn();
    QTRY_VERIFY(m_app->has<QPushButton>(u"Accept"_s));

    for (int page = 0; page < 2; ++page) {
        m_app->desktop->shell.showPage(page);
        m_app->settle();
        const QStringList nameless = AppDriver::nameless(m_app->desktop->shell);
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    }

    m_app->click(u"Turn down …"_s);
    const QStringList inDialog = AppDriver::nameless(*AppDriver::dialog());
    QVERIFY2(inDialog.isEmpty(), qPrintable(inDialog.join(u'\n')));
}

void ExpertAppTest::nothingIsCutOffAtTwiceTheTextSize()
{
    const api::Ticket ticket = myTicket(0, api::TicketState::assigned);
    m_office->add(ticket);
    LaunchOptions options;
    options.textPercent = 200;
    startSignedIn(options);
    QTRY_VERIFY(m_app->has<QPushButton>(u"Accept"_s));
    m_app->settle();

    m_app->photograph(u"expert-text-200"_s);

    QCOMPARE(m_app->desktop->shell.size(), QSize(1280, 720)); // the content did not force the window to grow
    const QStringList cutOff = AppDriver::cutOff(m_app->desktop->shell);
    QVERIFY2(cutOff.isEmpty(), qPrintable(cutOff.join(u'\n')));

    m_app->click(u"Accept"_s);
    QTRY_VERIFY(m_app->has<QPushButton>(u"Put on hold …"_s)); // the most buttons there are in the bar
    m_app->settle();
    m_app->photograph(u"expert-accepted-text-200"_s);
    QCOMPARE(m_app->desktop->shell.size(), QSize(1280, 720));
    const QStringList inBar = AppDriver::cutOff(m_app->desktop->shell);
    QVERIFY2(inBar.isEmpty(), qPrintable(inBar.join(u'\n')));
}

void ExpertAppTest::picturesInBothColours()
{
    for (int i = 3; i > 0; --i) {
        api::Ticket earlier = myTicket(i, api::TicketState::completed);
        earlier.resolution = u"Replaced the power board and tested for half an hour."_s;
        m_office->add(earlier);
    }
    const api::Ticket ticket = myTicket(0, api::TicketState::assigned);
    m_office->add(ticket);
    for (const auto mode : { Theme::Mode::light, Theme::Mode::dark }) {
        const QString suffix = mode == Theme::Mode::dark ? u"-dark"_s : u""_s;
        LaunchOptions options;
        options.mode = mode;
        start(options);
        m_app->settle();
        m_app->photograph(u"expert-sign-in"_s + suffix);
        m_app->signIn();
        QTRY_VERIFY(m_app->has<QPushButton>(u"Accept"_s));
        m_app->settle();
        m_app->photograph(u"expert-offer"_s + suffix);
        m_app->desktop->shell.showPage(1);
        m_app->settle();
        m_app->photograph(u"expert-account"_s + suffix);
        m_app.reset();
    }
}

QTEST_MAIN(ExpertAppTest)
#include "expert_app_test.moc"
