#include "admin-client/admin_app.h"
#include "tests/clients/support/app_driver.h"
#include "tests/support/installation.h"

#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int productPage = 5;
constexpr int patience = 30'000;

} // namespace

// The administrators' page of products: the window and the server as they are.
class ProductPageTest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        m_installation = std::make_unique<Installation>();
        LaunchOptions options;
        options.mode = Theme::Mode::light;
        options.size = QSize(1280, 720);
        m_app = AppDriver::start<AdminApp>(m_installation->url(), options);
        m_app->signInAs(m_installation->admin().email, Installation::password());
        QTRY_VERIFY_WITH_TIMEOUT(m_app->desktop->session.isSignedIn(), patience);
        m_app->desktop->shell.showPage(productPage);
        m_app->settle();
        QTRY_VERIFY_WITH_TIMEOUT(m_app->has<QTableView>(u"Products"_s), patience);
    }

    void init() { m_app->activate(); }

    void everyProductIsReachedByScrolling()
    {
        const auto page = admin().call<api::catalog::Products>();
        QVERIFY(page->total > page->items.size()); // or one page would be all
        QTableView *table = m_app->find<QTableView>(u"Products"_s);
        QTRY_VERIFY_WITH_TIMEOUT(
            (table->scrollToBottom(), table->model()->rowCount() == *page->total), patience
        );
        QVERIFY(m_app->shows(u"%1 products"_s.arg(*page->total)));
        table->scrollToTop();
    }

    void aProductIsAddedFromTheKeyboard()
    {
        m_app->click(u"Add a product …"_s);
        QTRY_VERIFY(QApplication::activeModalWidget());
        QDialog *dialog = AppDriver::dialog();
        AppDriver::photograph(*dialog, u"admin-product-dialog"_s);
        QTest::keyClick(dialog->focusWidget(), Qt::Key_Return);
        QVERIFY(AppDriver::shows(*dialog, u"Please fill in “Name”."_s));
        QTest::keyClicks(dialog->focusWidget(), u"Zephyr 9000"_s);
        QTest::keyClick(dialog->focusWidget(), Qt::Key_Tab);
        QTest::keyClicks(dialog->focusWidget(), u"Aeolus"_s);
        QTest::keyClick(dialog->focusWidget(), Qt::Key_Tab);
        QTest::keyClick(dialog->focusWidget(), Qt::Key_Down);
        QTest::keyClick(dialog->focusWidget(), Qt::Key_Tab);
        QTest::keyClicks(dialog->focusWidget(), u"ZEPHYR-1"_s);
        QTest::keyClick(dialog->focusWidget(), Qt::Key_Return);

        QTRY_VERIFY_WITH_TIMEOUT(m_app->shows(u"“Zephyr 9000” is saved."_s), patience);
        QCOMPARE(current(0), u"Zephyr 9000"_s);
        QTRY_COMPARE_WITH_TIMEOUT(found(u"zephyr"_s).size(), 1, patience);
    }

    void aSkuThatIsTakenIsSaidAtItsField()
    {
        m_app->click(u"Add a product …"_s);
        QTRY_VERIFY(QApplication::activeModalWidget());
        QDialog *dialog = AppDriver::dialog();
        field(*dialog, u"Name"_s)->setText(u"Another"_s);
        field(*dialog, u"Maker"_s)->setText(u"Aeolus"_s);
        dialog->findChild<QComboBox *>()->setCurrentIndex(1);
        field(*dialog, u"SKU"_s)->setText(u"ZEPHYR-1"_s);
        AppDriver::clickIn(*dialog, u"Add the product"_s);

        QTRY_VERIFY_WITH_TIMEOUT(field(*dialog, u"SKU"_s)->hasFocus(), patience);
        AppDriver::clickIn(*dialog, u"Cancel"_s);
    }

    void whoComesSecondSeesTheirsAndChooses()
    {
        look(u"zephyr"_s);
        m_app->click(u"Change …"_s);
        QTRY_VERIFY(QApplication::activeModalWidget());
        QDialog *dialog = AppDriver::dialog();
        const api::Product theirs = found(u"zephyr"_s).first();
        api::ProductChange change;
        change.maker = *Text<1, 80>::parse(u"Boreas"_s);
        QVERIFY(admin().call<api::catalog::ChangeProduct>(api::ProductRef { theirs.id }, change));
        field(*dialog, u"Name"_s)->setText(u"Zephyr 9001"_s);
        AppDriver::clickIn(*dialog, u"Save"_s);

        QTRY_VERIFY_WITH_TIMEOUT(AppDriver::shows(*dialog, u"by Boreas"_s), patience);
        AppDriver::clickIn(*dialog, u"Save mine over it"_s);

        QTRY_COMPARE_WITH_TIMEOUT(current(0), u"Zephyr 9001"_s, patience);
    }

    void whatIsWithdrawnCanBeOfferedAgain()
    {
        look(u"zephyr"_s);
        m_app->click(u"Withdraw"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_app->shows(u"is not offered any more"_s), patience);
        QCOMPARE(current(4), u"Withdrawn"_s);
        QTRY_VERIFY_WITH_TIMEOUT(found(u"zephyr"_s).isEmpty(), patience);

        m_app->click(u"Offer again"_s);

        QTRY_COMPARE_WITH_TIMEOUT(current(4), u"Offered"_s, patience);
    }

    void whatIsNotFoundSaysWhatToDo()
    {
        m_app->find<QLineEdit>(u"Search products"_s)->setText(u"no such thing"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_app->shows(u"No product matches"_s), patience);
        m_app->click(u"Show all products"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_app->has<QTableView>(u"Products"_s), patience);
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
        m_app->photograph(u"admin-products-text-200"_s);
        const QStringList cutOff = AppDriver::cutOff(m_app->desktop->shell);
        m_app->desktop->theme.setTextPercent(percent);
        QVERIFY2(cutOff.isEmpty(), qPrintable(cutOff.join(u'\n')));
    }

    void picturesInBothColours()
    {
        for (const Theme::Mode mode : { Theme::Mode::light, Theme::Mode::dark }) {
            m_app->desktop->theme.setMode(mode);
            m_app->settle();
            m_app->photograph(mode == Theme::Mode::dark ? u"admin-products-dark"_s : u"admin-products"_s);
        }
    }

private:
    BlockingClient admin() { return m_installation->client(m_installation->admin()); }

    QList<api::Product> found(const QString &text)
    {
        api::ProductQuery query;
        query.q = *Text<0, 100>::parse(text);
        return admin().call<api::catalog::Products>(query)->items;
    }

    void look(const QString &text)
    {
        m_app->find<QLineEdit>(u"Search products"_s)->setText(text);
        QTRY_VERIFY_WITH_TIMEOUT(
            m_app->has<QTableView>(u"Products"_s)
                && m_app->find<QTableView>(u"Products"_s)->model()->rowCount() == 1,
            patience
        );
        m_app->settle();
    }

    static QLineEdit *field(const QDialog &dialog, const QString &name)
    {
        for (QLineEdit *each : dialog.findChildren<QLineEdit *>()) {
            if (each->accessibleName() == name)
                return each;
        }
        return nullptr;
    }

    // Of the line that is selected.
    QString current(int column)
    {
        const QTableView *table = m_app->find<QTableView>(u"Products"_s);
        return table->currentIndex().siblingAtColumn(column).data().toString();
    }

    std::unique_ptr<Installation> m_installation;
    std::unique_ptr<AppDriver> m_app;
};

QTEST_MAIN(ProductPageTest)
#include "product_page_test.moc"
