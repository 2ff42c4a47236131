#include "admin-client/admin_app.h"
#include "tests/clients/support/app_driver.h"
#include "tests/support/installation.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;

// The administrators' page of escalation rules: the window and the server as they are.
class EscalationPageTest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();

    void rulesAreReadAsSentences();
    void aNewRuleIsSavedAfterTheTicketsWereCounted();
    void aRuleIsChanged();
    void aRemovedRuleComesBackUntilItIsSaved();
    void twoRulesOfOneClockHaveTwoLevels();
    void aRuleTellsSomebodySomething();
    void patienceIsSaved();
    void whoComesSecondIsToldAndChooses();
    void everythingThatCanBeOperatedHasAName();
    void nothingIsCutOffAtTwiceTheTextSize();
    void picturesInBothColours();

private:
    void start(const LaunchOptions &given = {});
    [[nodiscard]] api::EscalationRules rules();
    void saveElsewhere(int silentMinutes);
    void save(const QString &tickets);
    [[nodiscard]] QAbstractItemModel *table();
    [[nodiscard]] QString row(int row);

    std::unique_ptr<Installation> m_installation;
    std::unique_ptr<AppDriver> m_app;
};

void EscalationPageTest::initTestCase()
{
    m_installation = std::make_unique<Installation>();
    BlockingClient customer = m_installation->client(m_installation->customer());
    QVERIFY(customer.call<api::ticket::Open>({}, Installation::draft(m_installation->product(), {})));
    start();
}

void EscalationPageTest::start(const LaunchOptions &given)
{
    LaunchOptions options = given;
    options.mode = Theme::Mode::light;
    options.size = QSize(1280, 820);
    m_app = AppDriver::start<AdminApp>(m_installation->url(), options);
    m_app->signInAs(m_installation->admin().email, Installation::password());
    QTRY_VERIFY_WITH_TIMEOUT(m_app->desktop->session.isSignedIn(), 30'000);
    m_app->desktop->shell.showPage(2);
    m_app->settle();
    QTRY_VERIFY(m_app->shows(u", saved "_s)); // the rules are there
}

void EscalationPageTest::init()
{
    m_app->activate();
}

// What a test has not saved is none of the next one's.
void EscalationPageTest::cleanup()
{
    if (m_app->has<QPushButton>(u"Discard changes"_s))
        m_app->click(u"Discard changes"_s);
}

api::EscalationRules EscalationPageTest::rules()
{
    return *m_installation->client(m_installation->admin()).call<api::sla::Rules>();
}

void EscalationPageTest::saveElsewhere(int silentMinutes)
{
    api::EscalationPolicy theirs = rules().policy;
    theirs.silentMinutes = { silentMinutes };
    QVERIFY(m_installation->client(m_installation->admin()).call<api::sla::EditRules>({}, theirs));
}

void EscalationPageTest::save(const QString &tickets)
{
    m_app->click(u"Save …"_s);
    QTRY_VERIFY(QApplication::activeModalWidget());
    QVERIFY(AppDriver::shows(*AppDriver::dialog(), tickets));
    AppDriver::clickIn(*AppDriver::dialog(), u"Save"_s);
    QTRY_VERIFY(!QApplication::activeModalWidget());
    m_app->settle();
}

QAbstractItemModel *EscalationPageTest::table()
{
    return m_app->find<QTableView>(u"Escalation rules"_s)->model();
}

QString EscalationPageTest::row(int row)
{
    QStringList cells;
    for (int column = 0; column < table()->columnCount(); ++column)
        cells += table()->index(row, column).data().toString();
    return cells.join(u" | "_s);
}

void EscalationPageTest::rulesAreReadAsSentences()
{
    QCOMPARE(table()->rowCount(), 7);
    QCOMPARE(
        row(2),
        u"Arrival | 1 | 30 min before it is due | the expert, managers | The expert is due in half an hour"_s
    );
    QCOMPARE(row(6), u"Repair | 3 | 8 h after it was due | managers | The repair is a working day late"_s);
    QVERIFY(m_app->shows(u"Version 1, saved "_s));
}

void EscalationPageTest::aNewRuleIsSavedAfterTheTicketsWereCounted()
{
    m_app->click(u"Add a rule …"_s);
    QDialog *dialog = AppDriver::dialog();
    const QStringList nameless = AppDriver::nameless(*dialog);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    dialog->findChildren<QComboBox *>().at(0)->setCurrentIndex(2); // arrival
    dialog->findChildren<QSpinBox *>().at(0)->setValue(3); // the level
    dialog->findChildren<QSpinBox *>().at(1)->setValue(2);
    dialog->findChildren<QComboBox *>().at(1)->setCurrentIndex(1); // hours
    dialog->findChildren<QComboBox *>().at(2)->setCurrentIndex(2); // after
    for (auto *line : dialog->findChildren<QLineEdit *>()) {
        if (line->accessibleName() == u"What is said"_s)
            line->setText(u"The expert is lost"_s);
    }
    AppDriver::photograph(*dialog, u"admin-rule"_s);
    AppDriver::clickIn(*dialog, u"Take it over"_s);
    QCOMPARE(row(4), u"Arrival | 3 | 2 h after it was due | managers | The expert is lost"_s);

    save(u"The timers of the one open ticket follow."_s);

    QTRY_VERIFY(m_app->shows(u"Version 2, saved just now by "_s));
    QCOMPARE(rules().policy.rules.size(), 8);
    QCOMPARE(rules().policy.rules.at(4).minutes.value, 120);
}

void EscalationPageTest::aRuleIsChanged()
{
    m_app->find<QTableView>(u"Escalation rules"_s)->selectRow(0);
    m_app->click(u"Change the rule"_s);
    QDialog *dialog = AppDriver::dialog();
    AppDriver::clickIn(*dialog, u"the customer"_s);
    AppDriver::clickIn(*dialog, u"Take it over"_s);
    QTRY_VERIFY(!QApplication::activeModalWidget());
    m_app->activate();

    save(u"follow."_s);

    const QList<api::Told> told = rules().policy.rules.first().tell;
    QCOMPARE(told, (QList<api::Told> { api::Told::customer, api::Told::manager }));
}

void EscalationPageTest::aRemovedRuleComesBackUntilItIsSaved()
{
    const QString before = row(1);
    m_app->find<QTableView>(u"Escalation rules"_s)->selectRow(1);

    m_app->click(u"Remove the rule"_s);
    QVERIFY(row(1) != before);
    QVERIFY(m_app->shows(u"Removed: “Nobody has accepted in time”. Nothing is saved yet."_s));
    m_app->click(u"Undo"_s);
    QCOMPARE(row(1), before);
    QVERIFY(!m_app->find<QPushButton>(u"Save …"_s)->isEnabled()); // as if nothing had been

    m_app->click(u"Remove the rule"_s);
    save(u"follow."_s);

    const QList<api::EscalationRule> after = rules().policy.rules;
    QVERIFY(std::ranges::none_of(after, [](const api::EscalationRule &each) {
        return each.clock == api::SlaClockKind::accept;
    }));
}

void EscalationPageTest::twoRulesOfOneClockHaveTwoLevels()
{
    m_app->click(u"Add a rule …"_s);
    QDialog *dialog = AppDriver::dialog();
    AppDriver::clickIn(*dialog, u"Take it over"_s);

    QVERIFY(AppDriver::shows(*dialog, u"has a rule for level 1 already."_s));
    AppDriver::clickIn(*dialog, u"Cancel"_s);
}

void EscalationPageTest::aRuleTellsSomebodySomething()
{
    m_app->click(u"Add a rule …"_s);
    QDialog *dialog = AppDriver::dialog();
    dialog->findChildren<QSpinBox *>().at(0)->setValue(9);
    AppDriver::clickIn(*dialog, u"managers"_s); // not them either
    AppDriver::clickIn(*dialog, u"Take it over"_s);
    QVERIFY(AppDriver::shows(*dialog, u"Please choose who is told."_s));
    AppDriver::clickIn(*dialog, u"managers"_s);
    AppDriver::clickIn(*dialog, u"Take it over"_s);

    QVERIFY(AppDriver::shows(*dialog, u"Please write what is said."_s));
    AppDriver::clickIn(*dialog, u"Cancel"_s);
}

void EscalationPageTest::patienceIsSaved()
{
    m_app->find<QSpinBox>(u"An expert who does not answer"_s)->setValue(25);

    save(u"follow."_s);

    QCOMPARE(rules().policy.silentMinutes.value, 25);
}

void EscalationPageTest::whoComesSecondIsToldAndChooses()
{
    auto *silent = m_app->find<QSpinBox>(u"An expert who does not answer"_s);
    silent->setValue(40);
    saveElsewhere(50);
    save(u"follow."_s);
    QTRY_VERIFY(m_app->shows(u" saved the escalation rules just now, while you were changing them."_s));
    QCOMPARE(rules().policy.silentMinutes.value, 50); // nothing is lost before somebody decides
    m_app->photograph(u"admin-escalation-conflict"_s);

    m_app->click(u"Take theirs"_s);
    QCOMPARE(silent->value(), 50);

    silent->setValue(41);
    saveElsewhere(51);
    save(u"follow."_s);
    QTRY_VERIFY(m_app->has<QPushButton>(u"Save mine over it"_s));
    m_app->click(u"Save mine over it"_s);
    QTRY_VERIFY(QApplication::activeModalWidget());
    AppDriver::clickIn(*AppDriver::dialog(), u"Save"_s);
    QTRY_COMPARE(rules().policy.silentMinutes.value, 41);
}

void EscalationPageTest::everythingThatCanBeOperatedHasAName()
{
    const QStringList nameless = AppDriver::nameless(m_app->desktop->shell);
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
}

void EscalationPageTest::picturesInBothColours()
{
    for (const auto mode : { Theme::Mode::light, Theme::Mode::dark }) {
        m_app->desktop->theme.setMode(mode);
        m_app->settle();
        m_app->photograph(mode == Theme::Mode::dark ? u"admin-escalation-dark"_s : u"admin-escalation"_s);
        const QStringList cutOff = AppDriver::cutOff(m_app->desktop->shell);
        QVERIFY2(cutOff.isEmpty(), qPrintable(cutOff.join(u'\n')));
    }
}

void EscalationPageTest::nothingIsCutOffAtTwiceTheTextSize()
{
    const int percent = m_app->desktop->theme.textPercent();
    m_app->desktop->theme.setTextPercent(200);
    m_app->settle();

    m_app->photograph(u"admin-escalation-text-200"_s);

    QCOMPARE(m_app->desktop->shell.size(), QSize(1280, 820)); // the content did not force the window to grow
    const QStringList cutOff = AppDriver::cutOff(m_app->desktop->shell);
    m_app->desktop->theme.setTextPercent(percent);
    QVERIFY2(cutOff.isEmpty(), qPrintable(cutOff.join(u'\n')));
}

QTEST_MAIN(EscalationPageTest)
#include "escalation_page_test.moc"
