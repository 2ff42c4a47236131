#include "manager-client/manager_app.h"
#include "tests/clients/support/app_driver.h"
#include "tests/clients/support/office.h"
#include "tests/clients/support/sample.h"

#include <QPushButton>
#include <QTableView>
#include <QTest>

using api::DifferenceKind;
using api::TicketPlace;
using namespace Qt::StringLiterals;

namespace {

constexpr int accountingPage = 1;

Instant ago(std::chrono::minutes minutes)
{
    return toInstant(QDateTime::currentDateTimeUtc()) - minutes;
}

api::RegionBalance region(const QString &name, const QList<qint64> &places, qint64 missing = 0)
{
    api::RegionBalance balance { name, missing, {}, missing };
    for (qsizetype i = 0; i < places.size(); ++i) {
        balance.places.append({ static_cast<TicketPlace>(i), places.at(i) });
        balance.created += places.at(i);
    }
    return balance;
}

api::Accounting even()
{
    api::Accounting accounts;
    accounts.regions = { region(u"midwest"_s, { 2, 11, 9, 14, 12, 21, 803, 2240, 61 }),
                         region(u"northeast"_s, { 4, 23, 18, 31, 22, 40, 1204, 5110, 143 }),
                         region(u"south"_s, { 1, 7, 5, 8, 9, 12, 540, 1822, 77 }),
                         region(u"west"_s, { 0, 0, 3, 5, 2, 6, 211, 640, 18 }) };
    for (const api::RegionBalance &each : accounts.regions)
        accounts.created += each.created;
    accounts.balanced = true;
    accounts.checkedAt = ago(std::chrono::minutes(0));
    accounts.sweep = { 812, ago(std::chrono::minutes(4)), ago(std::chrono::minutes(4)) };
    return accounts;
}

api::Accounting uneven(const api::TicketId &lost)
{
    api::Accounting accounts = even();
    accounts.balanced = false;
    accounts.regions[1] = region(u"northeast"_s, { 4, 23, 18, 31, 22, 40, 1203, 5110, 143 }, 1);
    accounts.differences = {
        { lost,
          u"T-100042"_s,
          u"northeast"_s,
          DifferenceKind::lost,
          { u"events"_s, u"tickets"_s },
          u"Tickets: nothing. Events: completed, round 1, version 6, with nobody. History: still there."_s,
          ago(std::chrono::minutes(12)),
          u"A manager has to look at it."_s,
          0,
          true },
        { api::TicketId::make(),
          u"T-100317"_s,
          u"south"_s,
          DifferenceKind::unmatched,
          { u"tickets"_s, u"matching"_s },
          u"Tickets: open, round 2, version 5, with nobody. Matching is not looking for anybody and keeps nobody for it."_s,
          ago(std::chrono::minutes(1)),
          u"The ticket is matched again."_s,
          1,
          false },
    };
    accounts.differenceCount = 2;
    accounts.repairs = {
        { accounts.differences.last().ticketId,
          u"T-100317"_s,
          DifferenceKind::unmatched,
          u"The ticket is matched again."_s,
          ago(std::chrono::minutes(1)),
          false },
        { api::TicketId::make(),
          u"T-100298"_s,
          DifferenceKind::heldInVain,
          u"Matching lets the expert go."_s,
          ago(std::chrono::minutes(47)),
          true },
    };
    accounts.alarms = { { u"accounting.differences"_s,
                          u"1 ticket is not accounted for and needs a person."_s,
                          ago(std::chrono::minutes(11)) },
                        { u"consumer.push.stalled"_s,
                          u"push stands still: 127 events wait and nothing moves."_s,
                          ago(std::chrono::minutes(2)) } };
    return accounts;
}

} // namespace

// The managers' page that says whether every ticket is where it should be.
class AccountingPageTest : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<Office> m_office;
    std::unique_ptr<AppDriver> m_app;

    void start(Theme::Mode mode = Theme::Mode::light, QSize size = { 1280, 800 })
    {
        LaunchOptions options;
        options.mode = mode;
        options.size = size;
        m_app = AppDriver::start<ManagerApp>(m_office->url(), options);
        m_app->signIn();
        QTRY_VERIFY(m_app->desktop->session.isSignedIn());
        m_app->settle();
        m_app->desktop->shell.showPage(accountingPage);
        m_app->settle();
    }

    [[nodiscard]] QString cell(int row, int column)
    {
        const auto *table = m_app->find<QTableView>(u"Balance of all tickets"_s);
        return table->model()->index(row, column).data().toString();
    }

private slots:
    void init()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        m_office = std::make_unique<Office>(sample::account(api::Role::manager, u"Mona Field"_s));
    }
    void cleanup()
    {
        m_app.reset();
        m_office.reset();
    }

    void everythingInOrderIsSaidInOneSentence()
    {
        m_office->accounting = even();
        start();

        QVERIFY(m_app->shows(u"All 13,134 tickets are accounted for."_s));
        QVERIFY(m_app->shows(u"Checked at "_s));
        QVERIFY(!m_app->shows(u"What does not agree"_s));
        QVERIFY(m_app->has<QPushButton>(u"Accounting"_s)); // no badge
    }

    void eachRegionIsARowAndItsSumStandsOnTheRight()
    {
        m_office->accounting = even();
        start();

        QCOMPARE(cell(0, 0), u"Midwest"_s);
        QCOMPARE(cell(0, 1), u"3,173"_s); // filed
        QCOMPARE(cell(0, 3), u"11"_s); // waiting
        QCOMPARE(cell(0, 11), u"3,173"_s); // the sum
        QCOMPARE(cell(4, 0), u"All regions"_s);
        QCOMPARE(cell(4, 11), u"13,134"_s);
    }

    void aRegionThatIsNotEvenShowsIt()
    {
        m_office->accounting = uneven(api::TicketId::make());
        start();

        QCOMPARE(cell(1, 1), u"6,595"_s);
        QCOMPARE(cell(1, 11), u"6,594"_s);
        QVERIFY(m_app->shows(u"2 differences in 13,134 tickets"_s));
        QVERIFY(m_app->shows(u"push stands still: 127 events wait and nothing moves."_s));
        QVERIFY(m_app->has<QPushButton>(u"Accounting, 4 need attention"_s));
    }

    void aDifferenceLeadsToItsTicket()
    {
        const api::Ticket ticket = sample::ticket(0, api::TicketState::open);
        m_office->add(ticket);
        m_office->accounting = uneven(ticket.id);
        start();

        m_app->click(u"Open T-100042"_s);
        m_app->settle();

        QCOMPARE(m_app->desktop->shell.currentPage(), 0);
        QTRY_VERIFY(m_app->shows(ticket.subject));
    }

    void whatComesOutOfBalanceAppearsByItself()
    {
        m_office->accounting = even();
        start();

        m_office->accounting = uneven(api::TicketId::make());
        m_office->push(api::AccountingChanged { 2, 2 });

        QTRY_VERIFY(m_app->shows(u"What does not agree"_s));
        QVERIFY(m_app->has<QPushButton>(u"Accounting, 4 need attention"_s));
        m_office->accounting = even();
        m_office->push(api::AccountingChanged { 0, 0 });
        QTRY_VERIFY(m_app->shows(u"All 13,134 tickets are accounted for."_s));
        QVERIFY(m_app->has<QPushButton>(u"Accounting"_s));
    }

    void theBalanceIsWalkedWithTheArrowKeys()
    {
        m_office->accounting = even();
        start();
        auto *table = m_app->find<QTableView>(u"Balance of all tickets"_s);
        table->setFocus();
        table->setCurrentIndex(table->model()->index(0, 1));

        QTest::keyClick(table, Qt::Key_Down);
        QTest::keyClick(table, Qt::Key_Right);

        QCOMPARE(table->currentIndex().row(), 1);
        QCOMPARE(table->currentIndex().column(), 2);
        QCOMPARE(table->currentIndex().data(Qt::AccessibleTextRole).toString(), u"Open in Northeast: 4"_s);
        QTest::keyClick(table, Qt::Key_Tab);
        QVERIFY(!table->hasFocus());
    }

    void everythingHasANameAndRoom()
    {
        m_office->accounting = uneven(api::TicketId::make());
        start();

        const QStringList nameless = AppDriver::nameless(m_app->desktop->shell);
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
        const QStringList cutOff = AppDriver::cutOff(m_app->desktop->shell);
        QVERIFY2(cutOff.isEmpty(), qPrintable(cutOff.join(u'\n')));
    }

    void picturesInBothColours()
    {
        for (const auto mode : { Theme::Mode::light, Theme::Mode::dark }) {
            const QString suffix = mode == Theme::Mode::dark ? u"-dark"_s : QString();
            m_office->accounting = even();
            start(mode);
            m_app->photograph(u"manager-accounting-even"_s + suffix);
            m_app.reset();
            m_office->accounting = uneven(api::TicketId::make());
            start(mode);
            m_app->photograph(u"manager-accounting"_s + suffix);
            m_app.reset();
        }
    }
};

QTEST_MAIN(AccountingPageTest)
#include "accounting_page_test.moc"
