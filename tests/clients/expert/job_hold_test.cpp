#include "expert-client/expert_app.h"
#include "tests/clients/support/app_driver.h"
#include "tests/support/installation.h"

#include <QDateTimeEdit>
#include <QDialog>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QTest>

using namespace Qt::StringLiterals;

// An expert who has to wait for the customer: the app's window and the server as they are.
class JobHoldTest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void nobodyIsThereAndTheClocksStandStill();
    void goingOnLetsTheClocksRun();
    void aLaterDayIsTheInstantThatWasChosen();
    void theKeyboardIsEnough();
    void aJobThatMovedOnMeanwhileSaysWhereItIs();
    void whoHasNotAcceptedCannotHoldIt();
    void picturesInBothColours();

private:
    [[nodiscard]] api::Ticket ticket();
    [[nodiscard]] api::SlaClockState arrivalClock();
    void openHoldDialog();
    void hold(const QString &reason);

    std::unique_ptr<Installation> m_installation;
    Installation::Person m_customer;
    Installation::Person m_expert;
    api::Product m_product;
    api::TicketId m_ticket;
    std::unique_ptr<AppDriver> m_app;
};

void JobHoldTest::initTestCase()
{
    m_installation = std::make_unique<Installation>();
    m_customer = m_installation->customer();
    m_product = m_installation->product();
}

// A job that its expert accepted, on the expert's screen.
void JobHoldTest::init()
{
    m_expert = m_installation->hire(1, m_product).constFirst();
    const auto filed = m_installation->client(m_customer)
                           .call<api::ticket::Open>({}, Installation::draft(m_product, u"It hums"_s));
    QVERIFY(filed);
    m_ticket = filed->id;
    m_installation->await(m_expert, m_ticket, [](const api::Ticket &now) {
        return now.state == api::TicketState::assigned;
    });
    LaunchOptions options;
    options.mode = Theme::Mode::light;
    options.size = QSize(1280, 800);
    m_app = AppDriver::start<ExpertApp>(m_installation->url(), options);
    m_app->signInAs(m_expert.email, Installation::password());
    QTRY_VERIFY_WITH_TIMEOUT(m_app->has<QPushButton>(u"Accept"_s), 30'000);
    m_app->settle();
    if (QLatin1String(QTest::currentTestFunction()) == "whoHasNotAcceptedCannotHoldIt"_L1)
        return;
    m_app->click(u"Accept"_s);
    QTRY_VERIFY(m_app->has<QPushButton>(u"Put on hold …"_s));
    m_app->settle();
}

void JobHoldTest::cleanup()
{
    m_app.reset();
    // The next one's expert must be the only one who is free.
    BlockingClient expert = m_installation->client(m_expert);
    QVERIFY(expert.call<api::expert::SetAvailability>({}, { api::Availability::offDuty }));
}

api::Ticket JobHoldTest::ticket()
{
    return *m_installation->client(m_expert).call<api::ticket::Fetch>({ m_ticket });
}

api::SlaClockState JobHoldTest::arrivalClock()
{
    const auto sla = m_installation->client(m_expert).call<api::sla::Inspect>({ m_ticket });
    for (const api::SlaClock &clock : sla->clocks) {
        if (clock.kind == api::SlaClockKind::arrive)
            return clock.state;
    }
    qFatal("The ticket has no clock for the arrival.");
}

void JobHoldTest::openHoldDialog()
{
    m_app->click(u"Put on hold …"_s);
    QVERIFY(AppDriver::dialog()->isVisible());
}

void JobHoldTest::hold(const QString &reason)
{
    openHoldDialog();
    AppDriver::clickIn(*AppDriver::dialog(), reason);
    AppDriver::clickIn(*AppDriver::dialog(), u"Put on hold"_s);
    QTRY_VERIFY(!QApplication::activeModalWidget());
    QTRY_VERIFY(m_app->has<QPushButton>(u"Go on with the job"_s));
    m_app->settle();
}

void JobHoldTest::nobodyIsThereAndTheClocksStandStill()
{
    openHoldDialog();
    AppDriver::clickIn(*AppDriver::dialog(), u"Nobody is there"_s);
    AppDriver::dialog()->findChild<QPlainTextEdit *>()->setPlainText(u"Rang twice."_s);
    AppDriver::clickIn(*AppDriver::dialog(), u"Put on hold"_s);

    QTRY_VERIFY(m_app->shows(u"On hold: nobody was there"_s));
    QTRY_VERIFY(m_app->shows(
        u"Begun just now by %1\nNobody was there. Rang twice.\nIt goes on by itself "_s.arg(m_expert.name)
    ));
    QVERIFY(!m_app->has<QPushButton>(u"Start travelling"_s));
    QVERIFY(m_app->find<QListView>(u"Jobs"_s)->model()->index(0, 0).data().toString().contains(u"On hold"_s));
    QCOMPARE(ticket().paused, api::PauseReason::noShow);
    QCOMPARE(arrivalClock(), api::SlaClockState::paused);
    const QStringList nameless = AppDriver::nameless(m_app->desktop->shell);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
}

void JobHoldTest::goingOnLetsTheClocksRun()
{
    hold(u"There is no access to the device yet"_s);
    QCOMPARE(arrivalClock(), api::SlaClockState::paused);

    m_app->click(u"Go on with the job"_s);

    QTRY_VERIFY(m_app->has<QPushButton>(u"Start travelling"_s));
    QVERIFY(!m_app->shows(u"It goes on by itself"_s));
    QVERIFY(!ticket().paused);
    QCOMPARE(arrivalClock(), api::SlaClockState::running);
}

void JobHoldTest::aLaterDayIsTheInstantThatWasChosen()
{
    const QDateTime chosen(QDate::currentDate().addDays(9), QTime(14, 30));
    openHoldDialog();
    auto *day = AppDriver::dialog()->findChild<QDateTimeEdit *>();
    QVERIFY(!day->isVisible()); // only a later day has one
    AppDriver::clickIn(*AppDriver::dialog(), u"The customer asked for a later day"_s);
    QVERIFY(day->isVisible());
    day->setDateTime(chosen);
    const QStringList nameless = AppDriver::nameless(*AppDriver::dialog());
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    AppDriver::photograph(*AppDriver::dialog(), u"expert-hold-later-day"_s);

    AppDriver::clickIn(*AppDriver::dialog(), u"Put on hold"_s);

    QTRY_VERIFY(m_app->has<QPushButton>(u"Go on with the job"_s));
    QCOMPARE(ticket().pausedUntil, toInstant(chosen.toUTC()));
}

void JobHoldTest::theKeyboardIsEnough()
{
    QTest::keyClick(m_app->desktop->shell.windowHandle(), Qt::Key_H, Qt::AltModifier);
    QTRY_VERIFY(QApplication::activeModalWidget());
    QDialog *dialog = AppDriver::dialog();
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down); // to a later day
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down); // to no access
    QTest::keyClick(dialog, Qt::Key_Return);
    QTRY_VERIFY(m_app->has<QPushButton>(u"Go on with the job"_s));
    QCOMPARE(ticket().paused, api::PauseReason::access);
    m_app->settle();
    m_app->activate();

    QTest::keyClick(m_app->desktop->shell.windowHandle(), Qt::Key_G, Qt::AltModifier);

    QTRY_VERIFY(m_app->has<QPushButton>(u"Start travelling"_s));
    QVERIFY(!ticket().paused);
}

void JobHoldTest::aJobThatMovedOnMeanwhileSaysWhereItIs()
{
    openHoldDialog();
    QVERIFY(m_installation->client(m_installation->manager())
                .call<api::ticket::Cancel>({ m_ticket }, { *Text<1, 500>::parse(u"Sold it."_s) }));

    AppDriver::clickIn(*AppDriver::dialog(), u"Put on hold"_s);

    QTRY_VERIFY(AppDriver::shows(*AppDriver::dialog(), u"has changed in the meantime: it is “called off”"_s));
    AppDriver::clickIn(*AppDriver::dialog(), u"Not yet"_s);
    QTRY_VERIFY(!m_app->has<QPushButton>(u"Put on hold …"_s));
}

void JobHoldTest::whoHasNotAcceptedCannotHoldIt()
{
    QVERIFY(!m_app->has<QPushButton>(u"Put on hold …"_s));
    QVERIFY(!m_app->has<QPushButton>(u"Go on with the job"_s));
}

void JobHoldTest::picturesInBothColours()
{
    hold(u"The customer asked for a later day"_s);
    for (const auto mode : { Theme::Mode::light, Theme::Mode::dark }) {
        const QString suffix = mode == Theme::Mode::dark ? u"-dark"_s : u""_s;
        m_app->desktop->theme.setMode(mode);
        m_app->settle();
        m_app->photograph(u"expert-on-hold"_s + suffix);
        const QStringList cutOff = AppDriver::cutOff(m_app->desktop->shell);
        QVERIFY2(cutOff.isEmpty(), qPrintable(cutOff.join(u'\n')));
    }
}

QTEST_MAIN(JobHoldTest)
#include "job_hold_test.moc"
