#include "admin-client/admin_app.h"
#include "shared/api/catalog.h"
#include "tests/clients/support/app_driver.h"
#include "tests/support/installation.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDateEdit>
#include <QDialog>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;

// The administrators' page of plans: the window and the server as they are.
class PlanPageTest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init() { m_app->activate(); }
    void cleanup();

    void plansAreListedWithPriceAndHolders();
    void thePriceIsShownBeforeItIsSaved();
    void anUpgradeIsShownWithItsProration();
    void newTermsAreSavedAfterAQuestionAndBecomeAVersion();
    void termsOfALaterDayWait();
    void aPlanThatCoversNothingIsRefusedAtItsField();
    void whoComesSecondIsToldWhatChangedAndChooses();
    void aNewPlanIsPutOnSaleAndWithdrawn();
    void everythingThatCanBeOperatedHasAName();
    void nothingIsCutOffAtTwiceTheTextSize();
    void picturesInBothColours();

private:
    [[nodiscard]] QList<api::PlanHistory> plans();
    [[nodiscard]] QDoubleSpinBox *price() { return m_app->find<QDoubleSpinBox>(u"Price in US dollars"_s); }
    void open(int row);
    void answer(const QString &action);
    void saveElsewhere(int priceMinor);
    void scrollTo(double part);

    std::unique_ptr<Installation> m_installation;
    std::unique_ptr<AppDriver> m_app;
};

void PlanPageTest::initTestCase()
{
    m_installation = std::make_unique<Installation>();
    static_cast<void>(m_installation->customer()); // holds a plan
    LaunchOptions options;
    options.mode = Theme::Mode::light;
    options.size = QSize(1280, 820);
    m_app = AppDriver::start<AdminApp>(m_installation->url(), options);
    m_app->signInAs(m_installation->admin().email, Installation::password());
    QTRY_VERIFY_WITH_TIMEOUT(m_app->desktop->session.isSignedIn(), 30'000);
    m_app->desktop->shell.showPage(3);
    m_app->settle();
    QTRY_VERIFY(m_app->shows(u"as it was installed"_s));
    QTRY_VERIFY(m_app->shows(u"Who buys it on "_s));
}

// What a test has not saved is none of the next one's.
void PlanPageTest::cleanup()
{
    if (m_app->has<QPushButton>(u"Discard changes"_s))
        m_app->click(u"Discard changes"_s);
    open(0);
}

QList<api::PlanHistory> PlanPageTest::plans()
{
    return m_installation->client(m_installation->admin()).call<api::catalog::PlanHistories>()->items;
}

void PlanPageTest::open(int row)
{
    auto *list = m_app->find<QListView>(u"Plans"_s);
    list->setCurrentIndex(list->model()->index(row, 0));
    m_app->settle();
}

void PlanPageTest::answer(const QString &action)
{
    QTRY_VERIFY(QApplication::activeModalWidget());
    AppDriver::clickIn(*AppDriver::dialog(), action);
    QTRY_VERIFY(!QApplication::activeModalWidget());
    m_app->settle();
}

void PlanPageTest::saveElsewhere(int priceMinor)
{
    const api::PlanHistory plan = plans().first();
    const api::Plan &now = plan.versions.last().plan;
    api::PlanChange theirs;
    theirs.terms.name = *decltype(theirs.terms.name)::parse(now.name);
    theirs.terms.description = *decltype(theirs.terms.description)::parse(now.description);
    theirs.terms.priceMinor = { priceMinor };
    for (const QString &each : now.categories)
        theirs.terms.categories += *api::Slug::parse(each);
    theirs.terms.visitsPerYear = { now.visitsPerYear };
    theirs.terms.assignMinutes = { now.sla.assign };
    theirs.terms.acceptMinutes = { now.sla.accept };
    theirs.terms.arriveMinutes = { now.sla.arrive };
    theirs.terms.resolveMinutes = { now.sla.resolve };
    theirs.terms.counting = now.sla.counting;
    theirs.terms.priority = now.priority;
    QVERIFY(m_installation->client(m_installation->admin())
                .call<api::catalog::ChangePlan>(api::PlanRef { plan.id }, theirs));
}

void PlanPageTest::scrollTo(double part)
{
    QScrollBar *bar = m_app->find<QScrollArea>(u"Plan"_s)->verticalScrollBar();
    bar->setValue(qRound(bar->maximum() * part));
    m_app->settle();
}

void PlanPageTest::plansAreListedWithPriceAndHolders()
{
    const auto *model = m_app->find<QListView>(u"Plans"_s)->model();
    const QList<api::PlanHistory> there = plans();
    QCOMPARE(model->rowCount(), there.size());
    for (int row = 0; row < there.size(); ++row) {
        const QString text = model->index(row, 0).data(Qt::AccessibleTextRole).toString();
        QVERIFY2(text.startsWith(there[row].versions.last().plan.name), qPrintable(text));
        QVERIFY2(text.endsWith(u"held by %1"_s.arg(there[row].subscribers)), qPrintable(text));
    }
}

void PlanPageTest::thePriceIsShownBeforeItIsSaved()
{
    price()->setValue(77.5);

    QTRY_VERIFY(m_app->shows(u"pays $77.50 + $0.00 tax (0.00 %) = $77.50"_s));
    QVERIFY(m_app->shows(u"Changed, and not saved yet."_s));
    QVERIFY(plans().first().versions.last().plan.price.minor != 7750);
}

void PlanPageTest::anUpgradeIsShownWithItsProration()
{
    open(1);
    price()->setValue(9999);
    auto *before = m_app->find<QComboBox>(u"Comes from"_s);

    before->setCurrentIndex(1);

    QTRY_VERIFY(m_app->shows(u"gets it at once and pays "_s));
    QVERIFY(m_app->shows(u"Not used: "_s));
    scrollTo(1);
    m_app->photograph(u"admin-plan-preview"_s);
    before->setCurrentIndex(0);
}

void PlanPageTest::newTermsAreSavedAfterAQuestionAndBecomeAVersion()
{
    price()->setValue(21.25);
    m_app->click(u"Save …"_s);
    QTRY_VERIFY(QApplication::activeModalWidget());
    QVERIFY(AppDriver::shows(*AppDriver::dialog(), u"They are in force at once, for $21.25"_s));
    answer(u"Save"_s);

    QTRY_VERIFY(m_app->shows(u"Version 2, saved just now by "_s));
    QCOMPARE(plans().first().versions.last().plan.price.minor, 2125);
    const auto *history = m_app->find<QTableView>(u"Versions of the plan"_s)->model();
    QCOMPARE(history->rowCount(), 2);
    QVERIFY(history->index(0, 4).data().toString().endsWith(u"→ $21.25"_s));
    QCOMPARE(history->index(1, 4).data().toString(), u"the first terms"_s);
}

void PlanPageTest::termsOfALaterDayWait()
{
    const qint64 before = plans().at(1).versions.last().plan.price.minor;
    open(1);
    price()->setValue(55);
    m_app->click(u"From a later day on"_s);
    const QDate day = QDate::currentDate().addDays(40);
    m_app->find<QDateEdit>(u"First day of these terms"_s)->setDate(day);
    m_app->click(u"Save …"_s);
    answer(u"Save"_s);

    QTRY_COMPARE(plans().at(1).versions.size(), 2);
    QCOMPARE(toDateTime(plans().at(1).versions.last().from).toLocalTime(), day.startOfDay());
    const QString row
        = m_app->find<QListView>(u"Plans"_s)->model()->index(1, 0).data(Qt::AccessibleTextRole).toString();
    QVERIFY2(row.contains(u"$55.00 from "_s), qPrintable(row));
    // And it is sold for what it cost until then
    const auto onSale = m_installation->client(m_installation->admin()).call<api::catalog::Plans>();
    QCOMPARE(onSale->items.at(1).price.minor, before);
}

void PlanPageTest::aPlanThatCoversNothingIsRefusedAtItsField()
{
    const QList<api::Category> categories
        = m_installation->client(m_installation->admin()).call<api::catalog::Categories>()->items;
    for (const api::Category &each : categories)
        m_app->find<QCheckBox>(QString(each.name).remove(u'&'))->setChecked(false);
    m_app->click(u"Save …"_s);
    answer(u"Save"_s);

    QTRY_VERIFY(m_app->shows(u"This must name what the plan covers"_s));
    QVERIFY(m_app->shows(u"Nothing is saved: what is marked below cannot be used."_s));
    m_app->activate();
    auto *first = m_app->find<QCheckBox>(QString(categories.first().name).remove(u'&'));
    QTRY_VERIFY(first->hasFocus());
    QVERIFY(!first->visibleRegion().isEmpty());
    m_app->photograph(u"admin-plan-refused"_s);
}

void PlanPageTest::whoComesSecondIsToldWhatChangedAndChooses()
{
    price()->setValue(30);
    saveElsewhere(4000);
    m_app->click(u"Save …"_s);
    answer(u"Save"_s);
    QTRY_VERIFY(m_app->shows(u" saved this plan just now, while you were changing it: price "_s));
    QVERIFY(m_app->shows(u"→ $40.00."_s));
    QCOMPARE(plans().first().versions.last().plan.price.minor, 4000); // nothing is lost
    m_app->photograph(u"admin-plan-conflict"_s);

    m_app->click(u"Take theirs"_s);
    QCOMPARE(price()->value(), 40.0);

    price()->setValue(31);
    saveElsewhere(4100);
    m_app->click(u"Save …"_s);
    answer(u"Save"_s);
    QTRY_VERIFY(m_app->has<QPushButton>(u"Save mine over it"_s));
    m_app->click(u"Save mine over it"_s);
    answer(u"Save"_s);
    QTRY_COMPARE(plans().first().versions.last().plan.price.minor, 3100);
}

void PlanPageTest::aNewPlanIsPutOnSaleAndWithdrawn()
{
    const auto count = plans().size();
    m_app->click(u"New plan …"_s);
    QVERIFY(m_app->shows(u"Give the plan a name to see what it would cost."_s));
    m_app->find<QLineEdit>(u"Name"_s)->setText(u"Students"_s);
    m_app->find<QLineEdit>(u"Short name"_s)->setText(plans().first().slug); // taken
    price()->setValue(4.99);
    const auto categories
        = m_installation->client(m_installation->admin()).call<api::catalog::Categories>()->items;
    m_app->find<QCheckBox>(QString(categories.first().name).remove(u'&'))->setChecked(true);
    m_app->click(u"Save …"_s);
    answer(u"Save"_s);
    QTRY_VERIFY(m_app->shows(u"This is the name of another plan"_s));

    m_app->find<QLineEdit>(u"Short name"_s)->setText(u"students"_s);
    m_app->click(u"Save …"_s);
    answer(u"Save"_s);
    QTRY_COMPARE(plans().size(), count + 1);
    QTRY_VERIFY(m_app->has<QPushButton>(u"Sell no longer …"_s));

    m_app->click(u"Sell no longer …"_s);
    QTRY_VERIFY(QApplication::activeModalWidget());
    QVERIFY(AppDriver::shows(*AppDriver::dialog(), u"Held by 0: they keep it"_s));
    AppDriver::photograph(*AppDriver::dialog(), u"admin-plan-withdraw"_s);
    answer(u"Sell no longer"_s);
    QTRY_VERIFY(!plans().last().isOnSale);
    QTRY_VERIFY(!m_app->has<QPushButton>(u"Sell no longer …"_s));
}

void PlanPageTest::everythingThatCanBeOperatedHasAName()
{
    const QStringList nameless = AppDriver::nameless(m_app->desktop->shell);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
}

void PlanPageTest::picturesInBothColours()
{
    for (const auto mode : { Theme::Mode::light, Theme::Mode::dark }) {
        m_app->desktop->theme.setMode(mode);
        const QString suffix = mode == Theme::Mode::dark ? u"-dark"_s : QString();
        for (const double part : { 0.0, 1.0 }) {
            scrollTo(part);
            m_app->photograph((part > 0 ? u"admin-plan-foot"_s : u"admin-plan"_s) + suffix);
            const QStringList cutOff = AppDriver::cutOff(m_app->desktop->shell);
            QVERIFY2(cutOff.isEmpty(), qPrintable(cutOff.join(u'\n')));
        }
    }
}

void PlanPageTest::nothingIsCutOffAtTwiceTheTextSize()
{
    const int percent = m_app->desktop->theme.textPercent();
    m_app->desktop->theme.setTextPercent(200);
    m_app->settle();

    m_app->photograph(u"admin-plan-text-200"_s);

    QCOMPARE(m_app->desktop->shell.size(), QSize(1280, 820)); // the content did not force the window to grow
    const QStringList cutOff = AppDriver::cutOff(m_app->desktop->shell);
    m_app->desktop->theme.setTextPercent(percent);
    QVERIFY2(cutOff.isEmpty(), qPrintable(cutOff.join(u'\n')));
}

QTEST_MAIN(PlanPageTest)
#include "plan_page_test.moc"
