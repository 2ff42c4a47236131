#include "admin-client/admin_app.h"
#include "tests/clients/support/app_driver.h"
#include "tests/support/installation.h"

#include <QDateEdit>
#include <QDialog>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int taxPage = 4;
constexpr int patience = 30'000;

} // namespace

// The administrators' page of taxes: the window and the server as they are.
class TaxPageTest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        m_installation = std::make_unique<Installation>();
        LaunchOptions options;
        options.mode = Theme::Mode::light;
        options.size = QSize(1280, 720);
        m_app = AppDriver::start<AdminApp>(m_installation->url(), options);
        m_app->signInAs(m_installation->admin().email, Installation::password());
        QTRY_VERIFY_WITH_TIMEOUT(m_app->desktop->session.isSignedIn(), patience);
        m_app->desktop->shell.showPage(taxPage);
        m_app->settle();
    }

    void init() { m_app->activate(); }

    void withoutATaxItIsSaidWhatThatMeans() { QTRY_VERIFY(m_app->shows(u"Bills are written without tax"_s)); }

    void aStateIsAddedFromTheKeyboard()
    {
        m_app->click(u"Add a state …"_s);
        QTRY_VERIFY(QApplication::activeModalWidget());
        QDialog *dialog = AppDriver::dialog();
        AppDriver::clickIn(*dialog, u"Save"_s);
        QVERIFY(AppDriver::shows(*dialog, u"two letters"_s));
        QTest::keyClicks(dialog->findChild<QLineEdit *>(), u"ny"_s);
        dialog->findChild<QDoubleSpinBox *>()->setValue(8.88);
        AppDriver::clickIn(*dialog, u"Save"_s);

        QTRY_VERIFY_WITH_TIMEOUT(m_app->has<QTableView>(u"Taxes"_s), patience);
        QTRY_COMPARE(cell(0), u"NY"_s);
        QCOMPARE(cell(1), u"8.88 %"_s);
        QCOMPARE(cell(4), QString());
        const auto rates = m_installation->client(m_installation->admin()).call<api::billing::TaxRates>();
        QCOMPARE(rates->items.first().basisPoints, 888);
    }

    void aChangeIsPlannedForADay()
    {
        m_app->click(u"Change the tax"_s);
        QTRY_VERIFY(QApplication::activeModalWidget());
        QDialog *dialog = AppDriver::dialog();
        dialog->findChild<QDoubleSpinBox *>()->setValue(9);
        for (QRadioButton *each : dialog->findChildren<QRadioButton *>()) {
            if (each->text() == u"From a day on"_s)
                each->click();
        }
        dialog->findChild<QDateEdit *>()->setDate(QDate::currentDate().addDays(30));
        AppDriver::clickIn(*dialog, u"Save"_s);

        QTRY_VERIFY_WITH_TIMEOUT(cell(4).startsWith(u"9.00 % from"_s), patience);
        QCOMPARE(cell(1), u"8.88 %"_s);
    }

    void everythingThatCanBeOperatedHasAName()
    {
        const QStringList nameless = AppDriver::nameless(m_app->desktop->shell);
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    }

    void nothingIsCutOffAtTwiceTheTextSize()
    {
        const int percent = m_app->desktop->theme.textPercent();
        m_app->desktop->theme.setTextPercent(200);
        m_app->settle();
        m_app->photograph(u"admin-taxes-text-200"_s);
        const QStringList cutOff = AppDriver::cutOff(m_app->desktop->shell);
        m_app->desktop->theme.setTextPercent(percent);
        QVERIFY2(cutOff.isEmpty(), qPrintable(cutOff.join(u'\n')));
    }

    void picturesInBothColours()
    {
        for (const Theme::Mode mode : { Theme::Mode::light, Theme::Mode::dark }) {
            m_app->desktop->theme.setMode(mode);
            m_app->settle();
            m_app->photograph(mode == Theme::Mode::dark ? u"admin-taxes-dark"_s : u"admin-taxes"_s);
        }
    }

private:
    [[nodiscard]] QString cell(int column)
    {
        const QAbstractItemModel *model = m_app->find<QTableView>(u"Taxes"_s)->model();
        return model->index(0, column).data().toString();
    }

    std::unique_ptr<Installation> m_installation;
    std::unique_ptr<AppDriver> m_app;
};

QTEST_MAIN(TaxPageTest)
#include "tax_page_test.moc"
