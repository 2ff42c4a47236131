#include "manager-client/features/customer/refund_dialog.h"
#include "manager-client/manager_app.h"
#include "shared/api/device.h"
#include "shared/ui/words.h"
#include "tests/clients/support/app_driver.h"
#include "tests/doubles/payment_vendor/vendor_process.h"
#include "tests/server/pdf/pdf_text.h"
#include "tests/support/installation.h"

#include <QDialog>
#include <QFileDialog>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int customerPage = 2;
constexpr int patience = 30'000;

} // namespace

// The managers' page of customers: the window, the server and the payment vendor as they are.
class CustomerPageTest : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup() { m_app.reset(); }

    void aCallerIsFoundByNameEmailOrNumber();
    void theOwnerOfADeviceIsFoundByItsSerialNumber();
    void thePaletteLeadsToACaller();
    void whoIsNotThereIsSaidSo();
    void theAccountShowsWhatIsHeldBilledAndOwed();
    void whoHasNotPaidIsShownWithWhatThatMeans();
    void aTicketLeadsToItsCustomer();
    void amountsAreReadAsPeopleWriteThem_data();
    void amountsAreReadAsPeopleWriteThem();
    void aManagerMayGiveBackUpToTheLimit();
    void noMoreThanIsLeftIsAskedFor();
    void aRefundTakesAReason();
    void aBillIsKeptAsAFile();
    void aYearOfTheAccountIsKeptAsAFile();
    void aRefundIsForetoldConfirmedAndFollowed();
    void aRefundIsAskedForFromTheKeyboard();
    void everythingHasANameAndRoom();
    void picturesInBothColours();

private:
    void start(const LaunchOptions &given = {});
    void find(const QString &text);
    // What a button saves under that name; empty unless it does.
    [[nodiscard]] QByteArray saved(const QString &button, const QString &name);
    void open(const Installation::Person &person);
    [[nodiscard]] QDialog *askForRefund(const QString &amount, const QString &reason);
    [[nodiscard]] QAbstractItemModel *rows(const QString &table)
    {
        return m_app->find<QTableView>(table)->model();
    }

    VendorProcess m_vendor;
    std::unique_ptr<Installation> m_installation;
    std::unique_ptr<AppDriver> m_app;
    Installation::Person m_payer;
    Installation::Person m_debtor; // has a plan, and no card
    api::Invoice m_invoice; // the payer's
};

void CustomerPageTest::initTestCase()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    m_installation = std::make_unique<Installation>(m_vendor.serverOptions());
    m_vendor.sendWebhooksTo(m_installation->url());
    m_debtor = m_installation->customer();
    m_payer = m_installation->registered();
    BlockingClient payer = m_installation->client(m_payer);
    QCOMPARE(
        payer
            .send("POST", u"/api/v1/cards"_s, R"({"number":"4242424242424242","expMonth":12,"expYear":2040})")
            .status,
        201
    );
    const auto plans = payer.call<api::catalog::Plans>();
    QVERIFY(plans);
    QVERIFY(payer.call<api::catalog::Subscribe>({}, { plans->items.first().id }));
    const api::NewDevice device { m_installation->product().id,
                                  *Text<1, 60>::parse(u"PE-4711-B"_s),
                                  *Text<0, 80>::parse(u"Bedroom"_s),
                                  {} };
    QVERIFY(payer.call<api::device::Register>({}, device));
    const auto isPaid = [&] {
        const auto page = payer.call<api::billing::Invoices>();
        if (!page || page->items.isEmpty())
            return false;
        m_invoice = page->items.first();
        return m_invoice.state == api::InvoiceState::paid;
    };
    QVERIFY(QTest::qWaitFor(isPaid, patience));
    BlockingClient manager = m_installation->client(m_installation->manager());
    const auto isOwed = [&] {
        const auto standing = manager.call<api::customer::FetchStanding>({ m_debtor.id });
        return standing && standing->standing != api::Standing::good;
    };
    QVERIFY(QTest::qWaitFor(isOwed, patience));
}

void CustomerPageTest::init()
{
    start();
}

void CustomerPageTest::start(const LaunchOptions &given)
{
    LaunchOptions options = given;
    options.mode = Theme::Mode::light;
    options.size = QSize(1280, 900);
    m_app = AppDriver::start<ManagerApp>(m_installation->url(), options);
    m_app->signInAs(m_installation->manager().email, Installation::password());
    QTRY_VERIFY_WITH_TIMEOUT(m_app->desktop->session.isSignedIn(), patience);
    m_app->desktop->shell.showPage(customerPage);
    m_app->settle();
}

void CustomerPageTest::find(const QString &text)
{
    auto *search = m_app->find<QLineEdit>(u"Search customers"_s);
    search->setText(text);
    QTest::keyClick(search, Qt::Key_Return);
    m_app->settle();
}

void CustomerPageTest::open(const Installation::Person &person)
{
    find(person.email);
    m_app->find<QTableView>(u"Customers"_s)->selectRow(0);
    m_app->settle();
    QTRY_VERIFY(m_app->shows(person.email));
    m_app->settle();
}

QDialog *CustomerPageTest::askForRefund(const QString &amount, const QString &reason)
{
    m_app->click(u"Refund of %1 …"_s.arg(m_invoice.number));
    QDialog *dialog = AppDriver::dialog();
    dialog->findChild<QLineEdit *>()->setText(amount);
    dialog->findChild<QPlainTextEdit *>()->setPlainText(reason);
    AppDriver::clickIn(*dialog, u"Give back …"_s);
    return dialog;
}

void CustomerPageTest::aCallerIsFoundByNameEmailOrNumber()
{
    find(m_payer.email);
    QCOMPARE(rows(u"Customers"_s)->rowCount(), 1);
    find(u"ada cust"_s);
    QVERIFY(rows(u"Customers"_s)->rowCount() >= 2);
    find(u"(212) 555-0100"_s);

    const QAbstractItemModel *found = rows(u"Customers"_s);
    QVERIFY(found->rowCount() >= 2);
    for (int row = 0; row < found->rowCount(); ++row)
        QCOMPARE(found->index(row, 1).data().toString(), u"+1 212 555 0100"_s);
}

void CustomerPageTest::theOwnerOfADeviceIsFoundByItsSerialNumber()
{
    find(u"pe 4711"_s);

    QTRY_COMPARE(rows(u"Customers"_s)->rowCount(), 1);
    m_app->find<QTableView>(u"Customers"_s)->selectRow(0);
    m_app->settle();
    QTRY_VERIFY(m_app->shows(m_payer.email));
    QTRY_COMPARE(rows(u"Devices"_s)->rowCount(), 1);
    QCOMPARE(rows(u"Devices"_s)->index(0, 1).data().toString(), u"Bedroom"_s);
    QCOMPARE(rows(u"Devices"_s)->index(0, 2).data().toString(), u"PE-4711-B"_s);
}

void CustomerPageTest::thePaletteLeadsToACaller()
{
    start();
    m_app->desktop->shell.showPage(0);
    m_app->settle();
    m_app->activate();
    QTest::keyClick(&m_app->desktop->shell, Qt::Key_K, Qt::ControlModifier);
    auto *text = AppDriver::dialog()->findChild<QLineEdit *>();
    QVERIFY(text);

    QTest::keyClicks(text, m_payer.email);
    QTest::keyClick(text, Qt::Key_Down); // the tickets come first
    QTest::keyClick(text, Qt::Key_Return);

    QTRY_COMPARE(m_app->desktop->shell.currentPage(), customerPage);
    QTRY_VERIFY(m_app->has<QTableView>(u"Customers"_s));
    m_app->settle();
    QTRY_COMPARE(m_app->find<QTableView>(u"Customers"_s)->model()->rowCount(), 1);
}

void CustomerPageTest::whoIsNotThereIsSaidSo()
{
    find(u"nobody of that name"_s);

    QVERIFY(m_app->shows(u"No customer matches"_s));
    m_app->click(u"Show everybody"_s);
    QTRY_VERIFY(m_app->has<QTableView>(u"Customers"_s));
}

void CustomerPageTest::theAccountShowsWhatIsHeldBilledAndOwed()
{
    open(m_payer);

    QVERIFY(m_app->shows(u"Nothing is open."_s));
    QCOMPARE(rows(u"Plans held"_s)->rowCount(), 1);
    QCOMPARE(rows(u"Plans held"_s)->index(0, 1).data().toString(), u"Active"_s);
    QCOMPARE(rows(u"Invoices"_s)->index(0, 0).data().toString(), m_invoice.number);
    QCOMPARE(rows(u"Invoices"_s)->index(0, 1).data().toString(), u"Paid"_s);
    QCOMPARE(rows(u"Invoices"_s)->index(0, 2).data().toString(), words::money(m_invoice.total));
}

void CustomerPageTest::whoHasNotPaidIsShownWithWhatThatMeans()
{
    open(m_debtor);
    const auto standing = m_installation->client(m_installation->manager())
                              .call<api::customer::FetchStanding>({ m_debtor.id });

    QVERIFY(m_app->shows(standing->mayDo));
    QVERIFY(m_app->shows(u"If nothing is paid"_s));
    QVERIFY(m_app->shows(words::money(standing->open.first()) + u" is open."_s));
    QVERIFY(m_app->shows(u"Only what was paid can be given back."_s));
}

void CustomerPageTest::aTicketLeadsToItsCustomer()
{
    QVERIFY(m_installation->client(m_debtor).call<api::ticket::Open>(
        {}, Installation::draft(m_installation->product(), u"It hums"_s)
    ));
    m_app->desktop->shell.showPage(0);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->shows(u"It hums"_s), patience);
    m_app->settle();
    const auto standing = m_installation->client(m_installation->manager())
                              .call<api::customer::FetchStanding>({ m_debtor.id });
    QTRY_VERIFY(m_app->shows(standing->mayDo)); // whoever looks at the ticket knows

    m_app->click(u"Customer's account"_s);
    m_app->settle();

    QCOMPARE(m_app->desktop->shell.currentPage(), customerPage);
    QTRY_VERIFY(m_app->shows(m_debtor.email));
}

void CustomerPageTest::amountsAreReadAsPeopleWriteThem_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<qint64>("minor");
    QTest::newRow("whole") << u"12"_s << qint64(1200);
    QTest::newRow("one digit behind the point") << u"12.5"_s << qint64(1250);
    QTest::newRow("with the sign") << u" $1,212.50 "_s << qint64(121250);
    QTest::newRow("a cent") << u"0.01"_s << qint64(1);
    QTest::newRow("a tenth of a cent") << u"0.001"_s << qint64(-1);
    QTest::newRow("less than nothing") << u"-5"_s << qint64(-1);
    QTest::newRow("words") << u"all"_s << qint64(-1);
    QTest::newRow("nothing") << u""_s << qint64(-1);
}

void CustomerPageTest::amountsAreReadAsPeopleWriteThem()
{
    QFETCH(const QString, typed);
    QTEST(RefundDialog::minorOf(typed).value_or(-1), "minor");
}

void CustomerPageTest::aManagerMayGiveBackUpToTheLimit()
{
    api::Invoice invoice = m_invoice;
    invoice.total.minor = 300'00;
    invoice.refunded.minor = 50'00;

    QCOMPARE(RefundDialog::mostOf(invoice, api::Role::manager).minor, 150'00);
    QCOMPARE(RefundDialog::mostOf(invoice, api::Role::admin).minor, 250'00);
    invoice.refunded.minor = 250'00;
    QCOMPARE(RefundDialog::mostOf(invoice, api::Role::manager).minor, 0);
    const RefundDialog dialog(invoice, api::Role::manager);
    QVERIFY(AppDriver::shows(dialog, u"As a manager you may give back up to $200.00 of one invoice"_s));
    invoice.state = api::InvoiceState::open;
    QCOMPARE(RefundDialog::mostOf(invoice, api::Role::admin).minor, 0);
}

void CustomerPageTest::noMoreThanIsLeftIsAskedFor()
{
    open(m_payer);

    QDialog *dialog = askForRefund(u"9,999.00"_s, u"Too much"_s);

    QVERIFY(AppDriver::shows(*dialog, u"That is more than the "_s));
    QCOMPARE(AppDriver::dialog(), dialog); // nothing to confirm
    dialog->reject();
}

void CustomerPageTest::aRefundTakesAReason()
{
    open(m_payer);

    QDialog *dialog = askForRefund(u"1"_s, u"  "_s);

    QVERIFY(AppDriver::shows(*dialog, u"Please write why."_s));
    dialog->reject();
}

QByteArray CustomerPageTest::saved(const QString &button, const QString &name)
{
    const QTemporaryDir directory;
    const QString path = directory.filePath(u"paper.pdf"_s);
    m_app->click(button);
    auto *dialog = qobject_cast<QFileDialog *>(AppDriver::dialog());
    if (!dialog || QFileInfo(dialog->selectedFiles().value(0)).fileName() != name + u".pdf"_s)
        return {};
    dialog->setDirectory(directory.path());
    dialog->selectFile(path);
    QMetaObject::invokeMethod(dialog, "accept");
    const bool isSaid
        = QTest::qWaitFor([&] { return m_app->shows(u"%1 was saved as %2."_s.arg(name, path)); }, patience);
    QFile file(path);
    return isSaid && file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void CustomerPageTest::aBillIsKeptAsAFile()
{
    open(m_payer);

    const QByteArray bill = saved(u"Save %1 as PDF …"_s.arg(m_invoice.number), m_invoice.number);

    QVERIFY(bill.startsWith("%PDF-"));
    const QString text = pdfText(bill);
    QVERIFY2(text.contains(m_invoice.number), qPrintable(text));
    QVERIFY2(text.contains(words::money(m_invoice.total)), qPrintable(text));
}

void CustomerPageTest::aYearOfTheAccountIsKeptAsAFile()
{
    open(m_payer);
    const int year = QDate::currentDate().year();

    const QByteArray now = saved(u"Save statement of %1 …"_s.arg(year), u"Statement %1"_s.arg(year));
    const QByteArray before
        = saved(u"Save statement of %1 …"_s.arg(year - 1), u"Statement %1"_s.arg(year - 1));

    QVERIFY2(pdfText(now).contains(m_invoice.number), qPrintable(pdfText(now)));
    QVERIFY(before.startsWith("%PDF-"));
    QVERIFY2(!pdfText(before).contains(m_invoice.number), qPrintable(pdfText(before)));
}

void CustomerPageTest::aRefundIsForetoldConfirmedAndFollowed()
{
    open(m_payer);
    QDialog *dialog = askForRefund(u"1.50"_s, u"The expert came late"_s);
    QVERIFY(
        AppDriver::shows(*dialog, u"$1.50 goes back to the card that ends in 4242. This cannot be undone."_s)
    );
    QTRY_VERIFY(AppDriver::dialog() != dialog);

    AppDriver::clickIn(*AppDriver::dialog(), u"Give back $1.50"_s);

    QTRY_VERIFY_WITH_TIMEOUT(m_app->shows(u"$1.50 was given back."_s), patience);
    m_app->activate();
    m_app->settle();
    QCOMPARE(rows(u"Refunds"_s)->index(0, 1).data().toString(), u"Given back"_s);
    QCOMPARE(rows(u"Refunds"_s)->index(0, 3).data().toString(), u"The expert came late"_s);
    QCOMPARE(rows(u"Refunds"_s)->index(0, 4).data().toString(), u"C-500001"_s);
    QTRY_COMPARE(rows(u"Invoices"_s)->index(0, 3).data().toString(), u"$1.50"_s);
    QCOMPARE(m_vendor.count(u"refunds"_s), 1);
}

void CustomerPageTest::aRefundIsAskedForFromTheKeyboard()
{
    open(m_payer);
    auto *refund = m_app->find<QPushButton>(u"Refund of %1 …"_s.arg(m_invoice.number));
    refund->setFocus();
    QTest::keyClick(refund, Qt::Key_Space);
    QDialog *dialog = AppDriver::dialog();
    QTRY_VERIFY(dialog->isActiveWindow());
    QTest::keyClicks(dialog->focusWidget(), u"0.25"_s);
    QTest::keyClick(dialog->focusWidget(), Qt::Key_Tab); // all
    QTest::keyClick(dialog->focusWidget(), Qt::Key_Tab); // reason
    QTest::keyClicks(dialog->focusWidget(), u"By keyboard"_s);

    QCOMPARE(dialog->findChild<QPlainTextEdit *>()->toPlainText(), u"By keyboard"_s);
    QCOMPARE(dialog->findChild<QLineEdit *>()->text(), u"0.25"_s);
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!QApplication::activeModalWidget());
}

void CustomerPageTest::everythingHasANameAndRoom()
{
    for (const Installation::Person &each : { m_payer, m_debtor }) {
        open(each);
        const QStringList nameless = AppDriver::nameless(m_app->desktop->shell);
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
        const QStringList cutOff = AppDriver::cutOff(m_app->desktop->shell);
        QVERIFY2(cutOff.isEmpty(), qPrintable(cutOff.join(u'\n')));
    }
}

void CustomerPageTest::picturesInBothColours()
{
    for (const auto mode : { Theme::Mode::light, Theme::Mode::dark }) {
        const QString suffix = mode == Theme::Mode::dark ? u"-dark"_s : QString();
        m_app->desktop->theme.setMode(mode);
        open(m_payer);
        m_app->photograph(u"manager-customer"_s + suffix);
        m_app->click(u"Refund of %1 …"_s.arg(m_invoice.number));
        QDialog *dialog = AppDriver::dialog();
        dialog->findChild<QLineEdit *>()->setText(u"2"_s);
        AppDriver::photograph(*dialog, u"manager-refund"_s + suffix);
        dialog->reject();
        m_app->activate();
        find({});
        open(m_debtor);
        m_app->photograph(u"manager-customer-warned"_s + suffix);
        m_app->desktop->shell.showPage(0);
        m_app->settle();
        m_app->photograph(u"manager-ticket-standing"_s + suffix);
        m_app->desktop->shell.showPage(customerPage);
    }
}

QTEST_MAIN(CustomerPageTest)
#include "customer_page_test.moc"
