#include "manager-client/manager_app.h"
#include "shared/ui/relative_time.h"
#include "tests/clients/support/app_driver.h"
#include "tests/support/installation.h"

#include <QHelpEvent>
#include <QTableView>
#include <QTest>
#include <QTimeZone>
#include <QToolTip>

#include <ctime>

using namespace Qt::StringLiterals;

// A manager in Guam, a server somewhere else, a ticket in New York: three clocks on the wall, one instant.
class TimeZoneTest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();

    void filedIsTheServersInstant();
    void dueIsTheServersInstant();
    void spansAreTheServersInstants();
    void theTicketsOwnTimeIsSaidToo();
    void picturesOfThePage();

private:
    // As Guam's clocks show it, worked out apart from the app.
    static QString inGuam(Instant at, const QString &format);

    std::unique_ptr<Installation> m_installation;
    std::unique_ptr<AppDriver> m_app;
    api::Ticket m_ticket;
    api::TicketSla m_sla; // as the server told it
};

void TimeZoneTest::initTestCase()
{
    qputenv("TZ", "America/Phoenix"); // the server's
    m_installation = std::make_unique<Installation>();
    qputenv("TZ", "Pacific/Guam"); // and the app's
    tzset();
    QCOMPARE(QDateTime::currentDateTime().offsetFromUtc(), 10 * 60 * 60);
    BlockingClient customer = m_installation->client(m_installation->customer());
    const auto filed
        = customer.call<api::ticket::Open>({}, Installation::draft(m_installation->product(), u"It hums"_s));
    QVERIFY(filed);
    m_ticket = *filed;
    BlockingClient manager = m_installation->client(m_installation->manager());
    const auto clocks = [&] { // there as soon as it is known which plan covers the ticket
        m_sla = *manager.call<api::sla::Inspect>({ m_ticket.id });
        return m_sla.clocks.size();
    };
    if (!QTest::qWaitFor([&] { return clocks() > 0; }, 60'000))
        QFAIL(qPrintable(u"no clock; the coverage is %1"_s.arg(
            enumName(manager.call<api::ticket::Fetch>({ m_ticket.id })->coverage)
        )));

    LaunchOptions options;
    options.mode = Theme::Mode::light;
    options.size = QSize(1440, 820);
    m_app = AppDriver::start<ManagerApp>(m_installation->url(), options);
    m_app->signInAs(m_installation->manager().email, Installation::password());
    QTRY_VERIFY_WITH_TIMEOUT(m_app->shows(u"Promised times"_s), 30'000);
    m_app->settle();
}

void TimeZoneTest::cleanupTestCase()
{
    m_app.reset();
}

QString TimeZoneTest::inGuam(Instant at, const QString &format)
{
    return QLocale().toString(
        QDateTime::fromMSecsSinceEpoch(at.time_since_epoch().count(), QTimeZone("Pacific/Guam")), format
    );
}

void TimeZoneTest::filedIsTheServersInstant()
{
    const QAbstractItemModel *model = m_app->find<QTableView>(u"Tickets"_s)->model();
    const int filed = model->columnCount() - 1;

    const QString shown = model->index(0, filed).data(Qt::ToolTipRole).toString();

    QVERIFY2(shown.contains(inGuam(m_ticket.createdAt, u"HH:mm"_s)), qPrintable(shown));
    QVERIFY2(shown.contains(inGuam(m_ticket.createdAt, u"d MMMM yyyy"_s)), qPrintable(shown));
}

void TimeZoneTest::dueIsTheServersInstant()
{
    const QString shown = m_app->find<QWidget>(u"Service level"_s)->accessibleDescription();

    for (const api::SlaClock &clock : m_sla.clocks) {
        if (clock.state != api::SlaClockState::running || !clock.dueAt)
            continue;
        const QString due = inGuam(*clock.dueAt, u"HH:mm"_s);
        QVERIFY2(shown.contains(due), qPrintable(due + u" is not in: "_s + shown));
    }
}

void TimeZoneTest::spansAreTheServersInstants()
{
    auto *bar = m_app->find<QWidget>(u"Service level"_s);
    bar->setFocus();
    QTest::keyClick(bar, Qt::Key_Down);
    for (qsizetype row = 0; row < m_sla.clocks.size(); ++row) {
        const QList<api::SlaSpan> &spans = m_sla.clocks.at(row).spans;
        for (qsizetype span = 0; span + 1 < spans.size(); ++span) { // the last may have grown
            const QString shown = bar->accessibleDescription();
            const QString to = inGuam(spans.at(span).to, u"d MMMM yyyy HH:mm"_s);
            QVERIFY2(
                shown.contains(inGuam(spans.at(span).to, u"d MMMM yyyy"_s)), qPrintable(to + u": "_s + shown)
            );
            QVERIFY2(shown.contains(inGuam(spans.at(span).to, u"HH:mm"_s)), qPrintable(to + u": "_s + shown));
            QTest::keyClick(bar, Qt::Key_Right);
        }
        QTest::keyClick(bar, Qt::Key_Down);
    }
}

void TimeZoneTest::theTicketsOwnTimeIsSaidToo()
{
    QCOMPARE(m_sla.timeZone, u"America/New_York"_s);
    QVERIFY(m_app->shows(u"Times are your own. Where the ticket is (America/New_York) it is "_s));
}

void TimeZoneTest::picturesOfThePage()
{
    for (const auto mode : { Theme::Mode::light, Theme::Mode::dark }) {
        m_app->desktop->theme.setMode(mode);
        m_app->settle();
        m_app->photograph(mode == Theme::Mode::dark ? u"manager-guam-dark"_s : u"manager-guam"_s);
    }
}

QTEST_MAIN(TimeZoneTest)
#include "time_zone_test.moc"
