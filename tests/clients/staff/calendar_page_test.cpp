#include "admin-client/admin_app.h"
#include "admin-client/features/calendar/minute_box.h"
#include "tests/clients/support/app_driver.h"
#include "tests/support/installation.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QPushButton>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;

// The administrators' page of working calendars: the window and the server as they are.
class CalendarPageTest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void everyRegionIsListedWithItsHours();
    void hoursAreSavedAfterTheTicketsWereCounted();
    void aNewHolidayIsInTheCalendar();
    void aRemovedHolidayComesBack();
    void hoursThatOverlapAreMarkedAtTheirField();
    void aTimeZoneThatDoesNotExistIsMarked();
    void aDayThatNoMonthHasIsRefusedInTheDialog();
    void whatIsNotSavedSurvivesALookAtAnotherRegion();
    void whoComesSecondIsToldAndCanTakeTheirs();
    void whoComesSecondCanSaveOverIt();
    void timesAreTypedAsPeopleWriteThem();
    void everythingThatCanBeOperatedHasAName();
    void nothingIsCutOffAtTwiceTheTextSize();
    void picturesInBothColours();

private:
    void start(const LaunchOptions &given = {});
    void open(const QString &region);
    [[nodiscard]] api::Calendar calendar(const QString &region);
    void saveElsewhere(const QString &region, int closesAt);
    void set(const QString &field, int minute);
    void save(const QString &tickets);
    [[nodiscard]] MinuteBox *time(const QString &name) { return m_app->find<MinuteBox>(name); }

    std::unique_ptr<Installation> m_installation;
    std::unique_ptr<AppDriver> m_app;
};

void CalendarPageTest::initTestCase()
{
    m_installation = std::make_unique<Installation>();
    // Two tickets whose deadlines hang on the calendar of New York.
    BlockingClient customer = m_installation->client(m_installation->customer());
    for (const QString &subject : { u"It hums"_s, u"It smells"_s })
        QVERIFY(customer.call<api::ticket::Open>({}, Installation::draft(m_installation->product(), subject))
        );
}

void CalendarPageTest::init()
{
    start();
}

void CalendarPageTest::start(const LaunchOptions &given)
{
    LaunchOptions options = given;
    options.mode = Theme::Mode::light;
    options.size = QSize(1280, 820);
    m_app = AppDriver::start<AdminApp>(m_installation->url(), options);
    m_app->signInAs(m_installation->admin().email, Installation::password());
    QTRY_VERIFY_WITH_TIMEOUT(m_app->desktop->session.isSignedIn(), 30'000);
    m_app->desktop->shell.showPage(1);
    m_app->settle();
    QTRY_VERIFY(m_app->shows(u", saved "_s)); // a calendar is there
}

void CalendarPageTest::cleanup()
{
    m_app.reset();
}

api::Calendar CalendarPageTest::calendar(const QString &region)
{
    const auto all = m_installation->client(m_installation->admin()).call<api::sla::Calendars>();
    for (const api::Calendar &each : all->items) {
        if (each.region == region)
            return each;
    }
    qFatal("there is no region %s", qPrintable(region));
}

void CalendarPageTest::open(const QString &region)
{
    auto *list = m_app->find<QListView>(u"Regions"_s);
    for (int row = 0; row < list->model()->rowCount(); ++row) {
        const QModelIndex index = list->model()->index(row, 0);
        if (index.data(Qt::UserRole).toString() == region)
            list->setCurrentIndex(index);
    }
    m_app->settle();
}

void CalendarPageTest::saveElsewhere(const QString &region, int closesAt)
{
    api::Calendar theirs = calendar(region);
    theirs.content.hours.first().toMinute.value = closesAt;
    QVERIFY(m_installation->client(m_installation->admin())
                .call<api::sla::EditCalendar>({ *api::Slug::parse(region) }, theirs.content));
}

void CalendarPageTest::set(const QString &field, int minute)
{
    time(field)->setValue(minute);
}

void CalendarPageTest::save(const QString &tickets)
{
    m_app->click(u"Save …"_s);
    QTRY_VERIFY(QApplication::activeModalWidget());
    QVERIFY(AppDriver::shows(*AppDriver::dialog(), tickets));
    AppDriver::clickIn(*AppDriver::dialog(), u"Save"_s);
    QTRY_VERIFY(!QApplication::activeModalWidget());
    m_app->settle();
}

void CalendarPageTest::everyRegionIsListedWithItsHours()
{
    const auto calendars = m_installation->client(m_installation->admin()).call<api::sla::Calendars>();

    const auto *model = m_app->find<QListView>(u"Regions"_s)->model();
    QCOMPARE(model->rowCount(), calendars->items.size());
    QVERIFY(model->index(0, 0).data().toString().contains(u"a week"_s));
    QVERIFY(m_app->shows(u"Version 1, saved "_s));
    QVERIFY(!m_app->find<QPushButton>(u"Save …"_s)->isEnabled());
}

void CalendarPageTest::hoursAreSavedAfterTheTicketsWereCounted()
{
    const QString region = calendar(u"new-york"_s).region;
    open(region);
    set(u"Monday closes"_s, 20 * 60 + 30);
    QVERIFY(m_app->shows(u"Changed, and not saved yet."_s));

    save(u"The deadlines of its 2 open tickets are worked out anew."_s);

    QTRY_VERIFY(m_app->shows(u"Version 2, saved just now by "_s));
    const api::Calendar after = calendar(region);
    QCOMPARE(after.version, 2);
    QCOMPARE(after.content.hours.first().toMinute.value, 20 * 60 + 30);
}

void CalendarPageTest::aNewHolidayIsInTheCalendar()
{
    open(u"alaska"_s);
    const qsizetype before = calendar(u"alaska"_s).content.holidays.size();
    m_app->click(u"Add a holiday …"_s);
    QDialog *dialog = AppDriver::dialog();
    AppDriver::clickIn(*dialog, u"Take it over"_s);
    QVERIFY(AppDriver::shows(*dialog, u"Please give it a name."_s));
    dialog->findChild<QLineEdit *>()->setText(u"Founders' Day"_s);
    dialog->findChild<QComboBox *>()->setCurrentIndex(static_cast<int>(api::HolidayRule::nthWeekday));
    const QStringList nameless = AppDriver::nameless(*dialog);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    AppDriver::photograph(*dialog, u"admin-holiday"_s);

    AppDriver::clickIn(*dialog, u"Take it over"_s);
    save(u"It has no open ticket"_s);

    const QList<api::Holiday> after = calendar(u"alaska"_s).content.holidays;
    QCOMPARE(after.size(), before + 1);
    QCOMPARE(after.last().name.toString(), u"Founders' Day"_s);
    QCOMPARE(after.last().rule, api::HolidayRule::nthWeekday);
    QVERIFY(after.last().nth && !after.last().day); // what the rule asks for, and nothing else
}

void CalendarPageTest::aRemovedHolidayComesBack()
{
    open(u"hawaii"_s);
    auto *table = m_app->find<QTableView>(u"Holidays"_s);
    const int before = table->model()->rowCount();
    const QString name = table->model()->index(0, 0).data().toString();
    table->selectRow(0);

    m_app->click(u"Remove the holiday"_s);
    QCOMPARE(table->model()->rowCount(), before - 1);
    QVERIFY(m_app->shows(u"Removed: %1. Nothing is saved yet."_s.arg(name)));
    m_app->click(u"Undo"_s);

    QCOMPARE(table->model()->rowCount(), before);
    QCOMPARE(table->model()->index(0, 0).data().toString(), name);
    QVERIFY(!m_app->find<QPushButton>(u"Save …"_s)->isEnabled()); // as if nothing had been
}

void CalendarPageTest::hoursThatOverlapAreMarkedAtTheirField()
{
    open(u"arizona"_s);
    set(u"Tuesday closes"_s, 6 * 60); // before it opens

    m_app->click(u"Save …"_s);
    QTRY_VERIFY(QApplication::activeModalWidget());
    AppDriver::clickIn(*AppDriver::dialog(), u"Save"_s);

    QTRY_VERIFY(time(u"Tuesday closes"_s)->property("invalid").toBool());
    QVERIFY(!time(u"Wednesday closes"_s)->property("invalid").toBool());
    QVERIFY(m_app->shows(u"“Tuesday closes” must be later than the begin"_s));
    QVERIFY(time(u"Tuesday closes"_s)->accessibleDescription().contains(u"must be later"_s));
    QTRY_VERIFY(!QApplication::activeModalWidget());
    m_app->photograph(u"admin-calendar-refused"_s);
    QCOMPARE(calendar(u"arizona"_s).version, 1);
    set(u"Tuesday closes"_s, 18 * 60);
    QVERIFY(!time(u"Tuesday closes"_s)->property("invalid").toBool());
}

void CalendarPageTest::aTimeZoneThatDoesNotExistIsMarked()
{
    open(u"arizona"_s);
    auto *zone = m_app->find<QComboBox>(u"Time zone"_s);
    zone->setEditText(u"America/Springfield"_s);

    m_app->click(u"Save …"_s);
    QTRY_VERIFY(QApplication::activeModalWidget());
    AppDriver::clickIn(*AppDriver::dialog(), u"Save"_s);

    QTRY_VERIFY(m_app->shows(u"The time zone must be an IANA time zone such as America/New_York"_s));
    QVERIFY(zone->property("invalid").toBool());
}

void CalendarPageTest::aDayThatNoMonthHasIsRefusedInTheDialog()
{
    m_app->click(u"Add a holiday …"_s);
    QDialog *dialog = AppDriver::dialog();
    dialog->findChild<QLineEdit *>()->setText(u"Never"_s);
    dialog->findChildren<QComboBox *>().at(3)->setCurrentIndex(1); // February
    dialog->findChild<QSpinBox *>()->setValue(30);

    AppDriver::clickIn(*dialog, u"Take it over"_s);

    QVERIFY(AppDriver::shows(*dialog, u"February has no such day."_s));
    AppDriver::clickIn(*dialog, u"Cancel"_s);
}

void CalendarPageTest::whatIsNotSavedSurvivesALookAtAnotherRegion()
{
    open(u"texas"_s);
    set(u"Friday opens"_s, 9 * 60 + 15);
    open(u"hawaii"_s);
    QVERIFY(!m_app->shows(u"Changed, and not saved yet."_s));

    open(u"texas"_s);

    QCOMPARE(time(u"Friday opens"_s)->text(), u"09:15"_s);
    QVERIFY(m_app->shows(u"Changed, and not saved yet."_s));
    m_app->click(u"Discard changes"_s);
    QVERIFY(time(u"Friday opens"_s)->text() != u"09:15"_s);
}

void CalendarPageTest::whoComesSecondIsToldAndCanTakeTheirs()
{
    open(u"hawaii"_s);
    set(u"Friday closes"_s, 15 * 60);
    saveElsewhere(u"hawaii"_s, 21 * 60);

    m_app->click(u"Save …"_s);
    QTRY_VERIFY(QApplication::activeModalWidget());
    AppDriver::clickIn(*AppDriver::dialog(), u"Save"_s);
    QTRY_VERIFY(m_app->shows(u" saved this calendar just now, while you were changing it: "_s));
    QTRY_VERIFY(!QApplication::activeModalWidget());
    m_app->photograph(u"admin-calendar-conflict"_s);
    m_app->click(u"Take theirs"_s);

    QCOMPARE(time(u"Monday closes"_s)->value(), 21 * 60);
    QVERIFY(!m_app->shows(u"while you were changing it"_s));
    QVERIFY(m_app->shows(u"Version 2"_s));
}

void CalendarPageTest::whoComesSecondCanSaveOverIt()
{
    open(u"guam"_s);
    set(u"Friday closes"_s, 15 * 60);
    saveElsewhere(u"guam"_s, 21 * 60);
    m_app->click(u"Save …"_s);
    QTRY_VERIFY(QApplication::activeModalWidget());
    AppDriver::clickIn(*AppDriver::dialog(), u"Save"_s);
    QTRY_VERIFY(m_app->shows(u"while you were changing it"_s));
    QTRY_VERIFY(!QApplication::activeModalWidget());
    m_app->activate();

    m_app->click(u"Save mine over it"_s);
    QTRY_VERIFY(QApplication::activeModalWidget());
    AppDriver::clickIn(*AppDriver::dialog(), u"Save"_s);

    QTRY_VERIFY(m_app->shows(u"Version 3"_s));
    QVERIFY(calendar(u"guam"_s).content.hours.first().toMinute.value != 21 * 60);
}

void CalendarPageTest::timesAreTypedAsPeopleWriteThem()
{
    MinuteBox *box = time(u"Monday opens"_s);
    const auto type = [&](const QString &text) {
        box->selectAll();
        QTest::keyClicks(box, text);
        QTest::keyClick(box, Qt::Key_Return);
        return box->text();
    };

    QCOMPARE(type(u"9"_s), u"09:00"_s);
    QCOMPARE(type(u"7.45"_s), u"07:45"_s);
    QCOMPARE(type(u"24:00"_s), u"24:00"_s);
    QCOMPARE(type(u"24:30"_s), u"24:00"_s); // no such time: the last one stays
    QTest::keyClick(box, Qt::Key_Down);
    QCOMPARE(box->text(), u"23:45"_s);
}

void CalendarPageTest::everythingThatCanBeOperatedHasAName()
{
    const QStringList nameless = AppDriver::nameless(m_app->desktop->shell);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
}

void CalendarPageTest::nothingIsCutOffAtTwiceTheTextSize()
{
    m_app.reset();
    LaunchOptions options;
    options.textPercent = 200;
    start(options);
    set(u"Monday closes"_s, 19 * 60);
    m_app->settle();

    m_app->photograph(u"admin-calendar-text-200"_s);

    QCOMPARE(m_app->desktop->shell.size(), QSize(1280, 820)); // the content did not force the window to grow
}

void CalendarPageTest::picturesInBothColours()
{
    open(u"california"_s);
    for (const auto mode : { Theme::Mode::light, Theme::Mode::dark }) {
        m_app->desktop->theme.setMode(mode);
        m_app->settle();
        m_app->photograph(mode == Theme::Mode::dark ? u"admin-calendar-dark"_s : u"admin-calendar"_s);
        const QStringList cutOff = AppDriver::cutOff(m_app->desktop->shell);
        QVERIFY2(cutOff.isEmpty(), qPrintable(cutOff.join(u'\n')));
    }
}

QTEST_MAIN(CalendarPageTest)
#include "calendar_page_test.moc"
