#pragma once

#include "tests/doubles/payment_vendor/test_cards.h"
#include "tests/doubles/payment_vendor/wire.h"

#include <QJsonArray>
#include <QList>

#include <functional>

// What the vendor keeps: customers, payment methods, payment intents, refunds and balance transactions, as
// the JSON objects that it answers. Knows nothing of connections and their troubles.
//
// A card's number is looked at and forgotten: what is kept is what the card does.
namespace vendor {

class VendorBook
{
public:
    using Tell = std::function<void(const QString &type, const QJsonObject &object)>;
    explicit VendorBook(Tell tell); // hears of what becomes an event

    [[nodiscard]] Answer addCustomer(const Form &form);
    [[nodiscard]] Answer addMethod(const Form &form);
    enum class Attaching { always, checksCard };
    [[nodiscard]] Answer attach(const QString &method, const Form &form, Attaching attaching);
    [[nodiscard]] Answer detach(const QString &method);
    // `decline`: whatever the card does.
    [[nodiscard]] Answer charge(const Form &form, const std::optional<Decline> &decline);
    [[nodiscard]] Answer refund(const Form &form);
    void finishRefund(const QString &id); // one that is pending

    enum class Kind { customers, methods, intents, refunds, balance };
    [[nodiscard]] Answer fetch(Kind kind, const QString &id) const;
    struct Range
    {
        QString parent; // of intents their customer, of refunds their intent; empty: all
        qint64 from = 0;
        qint64 until = 0; // 0: no end
        QString after; // an id
        qsizetype limit = 10;
    };
    // The newest first.
    [[nodiscard]] Answer list(Kind kind, const Range &range) const;

    [[nodiscard]] QJsonObject totals() const; // what was charged and refunded, and how often

    [[nodiscard]] QJsonArray save() const;
    void load(const QJsonArray &saved);

private:
    // Objects in the order of their creation.
    struct Shelf
    {
        QList<QJsonObject> objects;
        QHash<QString, qsizetype> places; // by id
        QHash<QString, QList<qsizetype>> children; // by the parent's id
    };

    Shelf &shelf(Kind kind) { return m_shelves[static_cast<size_t>(kind)]; }
    [[nodiscard]] const Shelf &shelf(Kind kind) const { return m_shelves[static_cast<size_t>(kind)]; }
    [[nodiscard]] QJsonObject find(Kind kind, const QString &id) const; // empty: there is none
    void put(Kind kind, const QJsonObject &object); // new, or changed
    [[nodiscard]] static QString parentOf(Kind kind, const QJsonObject &object);
    [[nodiscard]] qint64 refundedOf(const QString &intent) const;
    void enter(const QJsonObject &source, const QString &type, qint64 amount);

    Tell m_tell;
    std::array<Shelf, 5> m_shelves;
};

} // namespace vendor
