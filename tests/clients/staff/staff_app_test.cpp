#include "admin-client/admin_app.h"
#include "manager-client/manager_app.h"
#include "shared/ui/command_palette.h"
#include "tests/clients/support/app_driver.h"
#include "tests/clients/support/office.h"
#include "tests/clients/support/sample.h"

#include <QComboBox>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>
#include <QTest>
#include <QToolTip>

using namespace Qt::StringLiterals;

// The managers' and administrators' apps: the live list of all tickets and the one that is open beside it.
class StaffAppTest : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void anExpertIsSentToTheirOwnApp();
    void aManagerMayNotUseTheAdminsApp();
    void withoutTicketsThePageSaysWhatHappensNext();
    void aNewTicketAppearsOnTop();
    void whatIsSelectedStaysSelectedWhileTheListMoves();
    void aLongListIsCountedAndFetchedWhereItIsLookedAt();
    void whatHappensOutOfSightKeepsEveryRowInItsPlace();
    void aTicketThatIsDoneLeavesTheActiveOnes();
    void searchingAsksTheServer();
    void aSearchWithoutAHitOffersAllTickets();
    void thePaletteLeadsToAPage();
    void thePalettePressesWhatIsShown();
    void thePaletteSearchesAllTickets();
    void thePaletteOpensAlsoWhileOneTypes();
    void thePaletteGoesWithThePages();
    void thePaletteLooksRightInBothColours();
    void theOpenTicketFollowsLive();
    void thePromisedTimesAreShownAndSpoken();
    void theArrowKeysWalkThePromisedTimes();
    void whatIsOnHoldOrRaisedIsSeenInListAndPage();
    void nobodyFitsIsExplained();
    void whatTheCustomerSaidStandsBesideTheTicket();
    void everythingThatCanBeOperatedHasAName();
    void picturesInBothColours();

private:
    void startSignedIn(Theme::Mode mode = Theme::Mode::light);
    void fill(int count);
    QDialog *openPalette();
    [[nodiscard]] QTableView *table() { return m_app->find<QTableView>(u"Tickets"_s); }
    [[nodiscard]] QString cell(int row, int column);

    std::unique_ptr<Office> m_office;
    std::unique_ptr<AppDriver> m_app;
};

void StaffAppTest::init()
{
    m_office = std::make_unique<Office>(sample::account(api::Role::manager, u"Mona Field"_s));
}

void StaffAppTest::cleanup()
{
    m_app.reset();
    m_office.reset();
}

void StaffAppTest::startSignedIn(Theme::Mode mode)
{
    LaunchOptions options;
    options.mode = mode;
    options.size = QSize(1280, 720);
    m_app = AppDriver::start<ManagerApp>(m_office->url(), options);
    m_app->signIn();
    QTRY_VERIFY(m_app->desktop->session.isSignedIn());
    m_app->settle();
}

void StaffAppTest::fill(int count)
{
    for (int i = count - 1; i >= 0; --i)
        m_office->add(sample::ticket(i, api::TicketState::open));
}

QString StaffAppTest::cell(int row, int column)
{
    const QAbstractItemModel *model = table()->model();
    return model->index(row, column).data().toString();
}

void StaffAppTest::anExpertIsSentToTheirOwnApp()
{
    m_office->account.role = api::Role::expert;
    m_app = AppDriver::start<ManagerApp>(m_office->url());

    m_app->signIn();

    QTRY_VERIFY(m_app->shows(u"This app is for managers, and you signed in as an expert."_s));
    QVERIFY(m_app->shows(u"Sysops Squad Expert"_s));
}

void StaffAppTest::aManagerMayNotUseTheAdminsApp()
{
    m_app = AppDriver::start<AdminApp>(m_office->url());

    m_app->signIn();

    QTRY_VERIFY(m_app->shows(u"This app is for administrators, and you signed in as a manager."_s));
}

void StaffAppTest::withoutTicketsThePageSaysWhatHappensNext()
{
    startSignedIn();

    QTRY_VERIFY(m_app->shows(u"New tickets appear here by themselves as soon as they are filed."_s));
}

void StaffAppTest::aNewTicketAppearsOnTop()
{
    fill(3);
    startSignedIn();
    const api::Ticket fresh = sample::ticket(7, api::TicketState::open);

    m_office->change(fresh, u"open"_s, fresh.contactName);

    QTRY_COMPARE(table()->model()->rowCount(), 4);
    QCOMPARE(cell(0, 0), fresh.number);
    QVERIFY(m_app->shows(u"4 tickets"_s));
}

void StaffAppTest::whatIsSelectedStaysSelectedWhileTheListMoves()
{
    fill(30);
    startSignedIn();
    table()->selectRow(4);
    const QString number = cell(4, 0);
    m_app->settle();

    for (int i = 0; i < 5; ++i) {
        const api::Ticket fresh = sample::ticket(100 + i, api::TicketState::open);
        m_office->change(fresh, u"open"_s, fresh.contactName);
    }

    QTRY_COMPARE(table()->model()->rowCount(), 35);
    QCOMPARE(cell(table()->currentIndex().row(), 0), number);
    QCOMPARE(table()->selectionModel()->selectedRows().size(), 1);
}

void StaffAppTest::aLongListIsCountedAndFetchedWhereItIsLookedAt()
{
    fill(1500);
    startSignedIn();
    QCOMPARE(table()->model()->rowCount(), 1500);
    QVERIFY(m_app->shows(u"1,500 tickets"_s));
    QCOMPARE(cell(700, 0), u"…"_s);
    const int requestsBefore = m_office->count("GET", "/tickets?");

    // Past everything to the oldest one, which is opened
    table()->setFocus();
    QTest::keyClick(table(), Qt::Key_End, Qt::ControlModifier);
    m_app->settle();
    const QString oldest = m_office->matching({}).last().number;
    QTRY_COMPARE(cell(1499, 0), oldest);
    QCOMPARE(cell(700, 0), u"…"_s);
    QTRY_VERIFY(m_app->shows(oldest));
    QCOMPARE(table()->currentIndex().row(), 1499);
    QVERIFY(m_office->count("GET", "/tickets?") <= requestsBefore + 4); // 200 tickets are pages of 50 here

    table()->verticalScrollBar()->setValue(table()->verticalScrollBar()->maximum() / 2);
    m_app->settle();
    const int middle = table()->rowAt(table()->viewport()->height() / 2);
    QTRY_COMPARE(cell(middle, 0), m_office->matching({}).at(middle).number);
}

void StaffAppTest::whatHappensOutOfSightKeepsEveryRowInItsPlace()
{
    fill(1000);
    startSignedIn();
    const QList<api::TicketSummary> before = m_office->matching({});
    const auto finish = [&](int row) {
        api::Ticket ticket = m_office->ticket(before.at(row).id);
        ticket.state = api::TicketState::completed;
        m_office->change(ticket, u"complete"_s, u"Ada Rivera"_s);
    };
    finish(900); // far below what is here
    finish(3);
    api::Ticket known = m_office->ticket(before.at(950).id);
    known.state = api::TicketState::assigned;
    known.expert = api::ExpertName { api::AccountId::make(), u"Ada Rivera"_s };
    m_office->change(known, u"assign"_s, u"Matching"_s); // which stays where it is
    const api::Ticket fresh = sample::ticket(5000, api::TicketState::open);
    m_office->change(fresh, u"open"_s, fresh.contactName);
    QTRY_COMPARE(cell(0, 0), fresh.number);
    QCOMPARE(table()->model()->rowCount(), 999);
    QVERIFY(m_app->shows(u"999 tickets"_s));

    table()->scrollToBottom();
    m_app->settle();
    const QUrlQuery active(u"active=true"_s);
    const QList<api::TicketSummary> after = m_office->matching(active);
    QCOMPARE(after.size(), 999);
    for (const int row : { 998, 990 })
        QTRY_COMPARE(cell(row, 0), after.at(row).number);
}

void StaffAppTest::aTicketThatIsDoneLeavesTheActiveOnes()
{
    api::Ticket ticket = sample::ticket(0, api::TicketState::inProgress);
    m_office->add(ticket);
    fill(2);
    startSignedIn();
    QCOMPARE(table()->model()->rowCount(), 3);

    ticket.state = api::TicketState::completed;
    m_office->change(ticket, u"complete"_s, u"Ada Rivera"_s);

    QTRY_COMPARE(table()->model()->rowCount(), 2);
}

void StaffAppTest::searchingAsksTheServer()
{
    fill(10);
    startSignedIn();

    QTest::keyClick(&m_app->desktop->shell, Qt::Key_F, Qt::ControlModifier);
    auto *search = m_app->find<QLineEdit>(u"Search tickets"_s);
    QVERIFY(search->hasFocus());
    QTest::keyClicks(search, u"router"_s);
    QTest::keyClick(search, Qt::Key_Return);
    m_app->settle();

    QCOMPARE(table()->model()->rowCount(), 2);
    QCOMPARE(m_office->count("GET", "/tickets?active=true&limit=200&q=router"), 1);
}

QDialog *StaffAppTest::openPalette()
{
    m_app->activate();
    QTest::keyClick(&m_app->desktop->shell, Qt::Key_K, Qt::ControlModifier);
    return AppDriver::dialog();
}

void StaffAppTest::thePaletteLeadsToAPage()
{
    startSignedIn();
    QDialog *palette = openPalette();
    QVERIFY(palette);
    auto *text = palette->findChild<QLineEdit *>();
    QCOMPARE(palette->focusWidget(), text);

    QTest::keyClicks(text, u"acc go"_s); // in any order, beginnings are enough
    QCOMPARE(
        palette->findChild<QListWidget *>()->item(0)->data(Qt::AccessibleTextRole).toString(),
        u"Go to Accounting"_s
    );
    QTest::keyClick(text, Qt::Key_Return);

    QTRY_COMPARE(m_app->desktop->shell.currentPage(), 1);
}

void StaffAppTest::thePalettePressesWhatIsShown()
{
    startSignedIn();
    m_app->find<QLineEdit>(u"Search tickets"_s)->setText(u"zeppelin"_s);
    QTRY_VERIFY(m_app->shows(u"No ticket matches"_s));
    QDialog *palette = openPalette();
    QVERIFY(palette);
    auto *text = palette->findChild<QLineEdit *>();
    auto *list = palette->findChild<QListWidget *>();
    QVERIFY(text && list);

    QTest::keyClicks(text, u"no such thing"_s);
    QCOMPARE(list->count(), 2); // nothing is called so, but it can be looked for
    text->clear();
    QTest::keyClicks(text, u"all tick"_s);
    QCOMPARE(list->item(0)->data(Qt::AccessibleTextRole).toString(), u"Show all tickets"_s);
    QTest::keyClick(text, Qt::Key_Down);
    QCOMPARE(list->currentRow(), 1);
    QTest::keyClick(text, Qt::Key_Up);
    QTest::keyClick(text, Qt::Key_Return);

    QTRY_VERIFY(m_app->find<QLineEdit>(u"Search tickets"_s)->text().isEmpty());
}

void StaffAppTest::thePaletteSearchesAllTickets()
{
    fill(10);
    startSignedIn();
    QDialog *palette = openPalette();
    QVERIFY(palette);
    auto *text = palette->findChild<QLineEdit *>();

    QTest::keyClicks(text, u"router 5%2"_s);
    QTest::keyClick(text, Qt::Key_Return);

    QTRY_COMPARE(m_app->find<QLineEdit>(u"Search tickets"_s)->text(), u"router 5%2"_s);
    m_app->settle();
    QCOMPARE(m_office->count("GET", "/tickets?limit=200&q=router%205%252"), 1); // those that are done as well
}

void StaffAppTest::thePaletteOpensAlsoWhileOneTypes()
{
    startSignedIn();
    auto *search = m_app->find<QLineEdit>(u"Search tickets"_s);
    search->setFocus();
    QTest::keyClicks(search, u"router"_s);
    search->setCursorPosition(0);

    QTest::keyClick(search, Qt::Key_K, Qt::ControlModifier);

    QVERIFY(qobject_cast<CommandPalette *>(QApplication::activeModalWidget()));
    QCOMPARE(search->text(), u"router"_s); // to a line of text the same keys mean: delete what follows
}

void StaffAppTest::thePaletteGoesWithThePages()
{
    startSignedIn();
    const QPointer<QDialog> palette = openPalette();
    QVERIFY(palette);

    m_app->desktop->session.signOut();

    QTRY_VERIFY(!palette);
}

void StaffAppTest::thePaletteLooksRightInBothColours()
{
    for (const Theme::Mode mode : { Theme::Mode::light, Theme::Mode::dark }) {
        startSignedIn(mode);
        QDialog *palette = openPalette();
        QVERIFY(palette);
        QCOMPARE(AppDriver::nameless(*palette), QStringList());
        AppDriver::photograph(*palette, mode == Theme::Mode::light ? u"palette-light"_s : u"palette-dark"_s);
        QTest::keyClick(palette->findChild<QLineEdit *>(), Qt::Key_Escape);
        m_app.reset();
    }
}

void StaffAppTest::aSearchWithoutAHitOffersAllTickets()
{
    fill(3);
    startSignedIn();
    m_app->find<QLineEdit>(u"Search tickets"_s)->setText(u"zeppelin"_s);
    QTRY_VERIFY(m_app->shows(u"No ticket matches"_s));

    m_app->click(u"Show all tickets"_s);

    QTRY_VERIFY(m_app->has<QTableView>(u"Tickets"_s));
    QCOMPARE(table()->model()->rowCount(), 3);
}

void StaffAppTest::theOpenTicketFollowsLive()
{
    api::Ticket ticket = sample::ticket(0, api::TicketState::open);
    m_office->add(ticket);
    startSignedIn();
    QTRY_VERIFY(m_app->shows(*ticket.waitingFor));

    ticket.state = api::TicketState::assigned;
    ticket.waitingFor.reset();
    ticket.expert = api::ExpertName { api::AccountId::make(), u"Ada Rivera"_s };
    m_office->decisions[ticket.id] = { sample::decision(*ticket.expert) };
    m_office->change(ticket, u"assign"_s, u"Matching"_s);

    QTRY_VERIFY(m_app->shows(u"Why Ada Rivera"_s));
    QTRY_VERIFY(m_app->shows(u"Matching offered the job"_s));
    QTRY_VERIFY(m_app->shows(u"works from 09:00, the visit would start 07:40"_s));
}

void StaffAppTest::thePromisedTimesAreShownAndSpoken()
{
    const api::Ticket ticket = sample::ticket(0, api::TicketState::open);
    m_office->slas[ticket.id] = sample::sla(ticket.id);
    m_office->add(ticket);

    startSignedIn();

    QTRY_VERIFY(m_app->shows(u"Promised times"_s));
    const auto *bar = m_app->find<QWidget>(u"Service level"_s);
    const QString spoken = bar->accessibleDescription();
    QVERIFY2(spoken.contains(u"Repair: 10 h 30 min left, due"_s), qPrintable(spoken));
    QVERIFY2(spoken.contains(u"Arrival: On hold with 3 h left"_s), qPrintable(spoken));
    QVERIFY2(spoken.contains(u"Job accepted: Late, was due"_s), qPrintable(spoken));
    QVERIFY2(spoken.contains(u"Expert found: Kept, with 40 min to spare"_s), qPrintable(spoken));
}

void StaffAppTest::theArrowKeysWalkThePromisedTimes()
{
    const api::Ticket ticket = sample::ticket(0, api::TicketState::open);
    m_office->slas[ticket.id] = sample::sla(ticket.id);
    m_office->add(ticket);
    startSignedIn();
    QTRY_VERIFY(m_app->shows(u"Promised times"_s));
    auto *bar = m_app->find<QWidget>(u"Service level"_s);
    bar->setFocus();

    const auto press = [bar](Qt::Key key) {
        QTest::keyClick(bar, key);
        return bar->accessibleDescription();
    };
    QVERIFY(press(Qt::Key_Down).startsWith(u"Expert found. Counted"_s));
    QVERIFY(press(Qt::Key_Down).startsWith(u"Job accepted. Counted"_s));
    QVERIFY(press(Qt::Key_Down).startsWith(u"Arrival. Counted"_s));
    QVERIFY(press(Qt::Key_Right).startsWith(u"Arrival. On hold: no access to the device"_s));
    QVERIFY(press(Qt::Key_Right).startsWith(u"Arrival. On hold"_s)); // there is no further one
    press(Qt::Key_Down);
    press(Qt::Key_Right);
    const QString holiday = press(Qt::Key_Right);
    QVERIFY2(holiday.startsWith(u"Repair. Closed for Thanksgiving Day\n"_s), qPrintable(holiday));
    QCOMPARE(QToolTip::text(), holiday);
    m_app->find<QTableView>(u"Tickets"_s)->setFocus();
    QVERIFY(bar->accessibleDescription().contains(u"Repair: 10 h 30 min left"_s)); // all of it again
}

void StaffAppTest::whatIsOnHoldOrRaisedIsSeenInListAndPage()
{
    api::Ticket ticket = sample::ticket(0, api::TicketState::accepted);
    ticket.expert = api::ExpertName { api::AccountId::make(), u"Ada Rivera"_s };
    ticket.escalation = 2;
    m_office->add(ticket);
    ticket.paused = api::PauseReason::access;
    ticket.pausedUntil = toInstant(QDateTime(QDate::currentDate().addDays(1), QTime(8, 0)).toUTC());
    m_office->slas[ticket.id] = sample::sla(ticket.id);
    startSignedIn();

    m_office->change(ticket, u"pause"_s, u"Ada Rivera"_s);

    QTRY_COMPARE(cell(0, 1), u"On hold"_s);
    const QModelIndex state = table()->model()->index(0, 1);
    QCOMPARE(state.data(Qt::ToolTipRole).toString(), u"On hold: no access\nAccepted"_s);
    const QModelIndex number = table()->model()->index(0, 0);
    QCOMPARE(number.data(Qt::AccessibleTextRole).toString(), ticket.number + u", Level 2"_s);
    QVERIFY(!number.data(Qt::DecorationRole).isNull());
    QTRY_VERIFY(m_app->shows(u"Begun just now by Ada Rivera\n"_s));
    QVERIFY(m_app->shows(u"It goes on by itself tomorrow 08:00."_s));
    m_app->photograph(u"manager-on-hold"_s);
    ticket.paused.reset();
    ticket.pausedUntil.reset();
    m_office->change(ticket, u"resume"_s, u"Ada Rivera"_s);
    QTRY_COMPARE(cell(0, 1), u"Accepted"_s);
    QTRY_VERIFY(!m_app->shows(u"It goes on by itself"_s));
}

void StaffAppTest::nobodyFitsIsExplained()
{
    const api::Ticket ticket = sample::ticket(0, api::TicketState::open);
    m_office->add(ticket);
    api::Decision nobody = sample::decision({ api::AccountId::make(), u"Ada Rivera"_s });
    nobody.outcome = api::DecisionOutcome::nobody;
    nobody.expertId.reset();
    nobody.summary = u"Nobody who repairs televisions is on duty before tomorrow 08:00."_s;
    m_office->decisions[ticket.id] = { nobody };

    startSignedIn();

    QTRY_VERIFY(m_app->shows(nobody.summary));
    QVERIFY(m_app->shows(u"Why nobody yet"_s));
}

void StaffAppTest::whatTheCustomerSaidStandsBesideTheTicket()
{
    const auto question = [](api::QuestionKind kind, const QString &text, const QStringList &choices = {}) {
        api::SurveyQuestion asked { kind, *Text<1, 200>::parse(text), {}, true };
        for (const QString &choice : choices)
            asked.choices += *Text<1, 80>::parse(choice);
        return asked;
    };
    const api::Ticket ticket = sample::ticket(
        0, api::TicketState::inProgress, api::ExpertName { api::AccountId::make(), u"Ada"_s }
    );
    api::Survey survey;
    survey.id = api::SurveyId::make();
    survey.ticketId = ticket.id;
    survey.state = api::SurveyState::answered;
    survey.questions = { question(api::QuestionKind::rating, u"How satisfied are you?"_s),
                         question(api::QuestionKind::choice, u"Does it work?"_s, { u"Yes"_s, u"No"_s }),
                         question(api::QuestionKind::text, u"What could we do better?"_s) };
    survey.answers = { { { 0 }, Bounded<1, 5> { 2 }, {}, {} },
                       { { 1 }, {}, Bounded<0, 9> { 1 }, {} },
                       { { 2 }, {}, {}, *Text<1, 2000>::parse(u"Come <b>sooner</b>"_s) } };
    survey.score = 2;
    survey.isLow = true;
    m_office->surveys[ticket.id] = survey;
    m_office->add(ticket);

    startSignedIn();

    QTRY_VERIFY(m_app->shows(u"What the customer says: 2.0 of 5"_s));
    QVERIFY(m_app->shows(u"How satisfied are you?\n2 of 5"_s));
    QVERIFY(m_app->shows(u"Does it work?\nNo"_s));
    QVERIFY(m_app->shows(u"What could we do better?\nCome <b>sooner</b>"_s)); // as they wrote it
    m_app->photograph(u"manager-survey"_s);
}

void StaffAppTest::everythingThatCanBeOperatedHasAName()
{
    fill(3);
    startSignedIn();

    for (int page = 0; page < 3; ++page) {
        m_app->desktop->shell.showPage(page);
        m_app->settle();
        const QStringList nameless = AppDriver::nameless(m_app->desktop->shell);
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    }
}

void StaffAppTest::picturesInBothColours()
{
    using enum api::TicketState;
    const api::ExpertName ada { api::AccountId::make(), u"Ada Rivera"_s };
    const api::ExpertName ben { api::AccountId::make(), u"Ben Ortiz"_s };
    const QList<std::pair<api::TicketState, std::optional<api::ExpertName>>> states {
        { enRoute, ada }, { open, {} }, { inProgress, ben }, { assigned, ada }, { accepted, ben }
    };
    for (int i = 22; i >= 0; --i) {
        const auto &[state, expert] = states.at(i % states.size());
        const api::Ticket ticket = sample::ticket(i, state, expert);
        m_office->slas[ticket.id] = sample::sla(ticket.id);
        m_office->add(ticket);
        if (expert)
            m_office->decisions[ticket.id] = { sample::decision(*expert) };
    }
    for (const auto mode : { Theme::Mode::light, Theme::Mode::dark }) {
        startSignedIn(mode);
        m_app->photograph(mode == Theme::Mode::dark ? u"manager-tickets-dark"_s : u"manager-tickets"_s);
        m_app->desktop->shell.resize(1600, 900);
        m_app->settle();
        m_app->photograph(mode == Theme::Mode::dark ? u"manager-wide-dark"_s : u"manager-wide"_s);
        m_app.reset();
    }
}

QTEST_MAIN(StaffAppTest)
#include "staff_app_test.moc"
