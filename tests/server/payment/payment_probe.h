#pragma once

#include "server/events/postgres_bus.h"
#include "server/services/payment/payment_service.h"
#include "tests/doubles/payment_vendor/vendor_process.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

// One node that moves money: bus and payment service on a database that other nodes may share.
class PaymentNode
{
public:
    PaymentNode(
        TestDatabase &test, const PaymentService::Options &options, const Clock &clock, const Clock &real
    );
    ~PaymentNode();
    PaymentNode(const PaymentNode &) = delete;
    PaymentNode &operator=(const PaymentNode &) = delete;

    [[nodiscard]] PaymentService &payments() { return m_payments; }

private:
    PaymentService m_payments; // outlives its consumer's bus
    PostgresBus m_bus;
};

// What a transfer came to, as other services hear of it.
struct Outcome
{
    QString type;
    QString key;
    QJsonObject payload;
};
BOOST_DESCRIBE_STRUCT(Outcome, (), (type, key, payload))

// A test database, the vendor as a process of its own, and somebody who asks for money.
class PaymentProbe
{
public:
    PaymentProbe();
    static constexpr const char *role = card_store::role;
    static constexpr int patience = 30'000; // ms

    [[nodiscard]] TestDatabase &test() { return m_test; }
    [[nodiscard]] Database &database() { return m_test.database(); }
    [[nodiscard]] VendorProcess &vendor() { return m_vendor; }
    [[nodiscard]] ManualClock &clock() { return m_clock; } // the installation's
    [[nodiscard]] QString keyFile() const { return m_directory.filePath(QStringLiteral("master.key")); }

    // How a node of these tests is set up: it loses patience sooner than a real one.
    [[nodiscard]] PaymentService::Options options() const;
    PaymentNode &start(); // the node
    void stop() { m_node.reset(); }
    [[nodiscard]] PaymentService &payments() { return m_node->payments(); }
    [[nodiscard]] CardService &cards() { return payments().cards(); }

    [[nodiscard]] static Caller somebody(); // a new customer
    [[nodiscard]] static api::NewCard card(const QString &number = QStringLiteral("4242424242424242"));
    // A new customer who has this card.
    [[nodiscard]] Caller customerWith(const QString &number = QStringLiteral("4242424242424242"));
    [[nodiscard]] Result<QList<api::Card>> cardsOf(const Caller &who);
    Result<void> remove(const Caller &who, api::CardId card);

    [[nodiscard]] static ChargeInvoice charge(const Caller &who, qint64 minor = 1999);
    template <class Command>
    void publish(const Caller &who, const Command &command)
    {
        publish(toQString(Command::type), who.account.toString(), json::encode(command).toObject());
    }

    [[nodiscard]] QList<Outcome> outcomes(); // of charges and refunds, in their order
    [[nodiscard]] QStringList outcomeTypes();
    [[nodiscard]] qint64 number(const QByteArray &sql); // the only value of a query, as the superuser
    [[nodiscard]] QString text(const QByteArray &sql);
    // The error of a statement as this service, or empty.
    [[nodiscard]] QString refusalTo(const QByteArray &service, const QByteArray &sql);

private:
    void publish(const QString &type, const QString &key, const QJsonObject &payload);

    QTemporaryDir m_directory;
    TestDatabase m_test;
    VendorProcess m_vendor;
    SystemClock m_real;
    ManualClock m_clock { m_real.now() };
    std::unique_ptr<PaymentNode> m_node;
};
