#pragma once

#include <QHash>
#include <QJsonObject>
#include <QString>

// What travels between a client of Stripe's and this vendor.
namespace vendor {

// application/x-www-form-urlencoded; names keep their brackets: "card[number]".
class Form
{
public:
    explicit Form(const QByteArray &body);

    [[nodiscard]] QString value(const QString &name) const { return m_fields.value(name); }
    [[nodiscard]] bool has(const QString &name) const { return !m_fields.value(name).isEmpty(); }
    [[nodiscard]] qint64 number(const QString &name) const { return m_fields.value(name).toLongLong(); }
    // All of "metadata[…]".
    [[nodiscard]] QJsonObject metadata() const;

private:
    QHash<QString, QString> m_fields;
};

struct Answer
{
    int status = 200;
    QJsonObject body;
    // Stripe remembers what it began to do, and not what it turned away at the door.
    bool isRemembered = true;
};

// https://docs.stripe.com/api/errors
[[nodiscard]] Answer refused(int status, const QString &type, const QString &code, const QString &message);
[[nodiscard]] Answer missing(const QString &id);
[[nodiscard]] Answer cardError(const QString &code, const QString &declineCode, const QString &message);

} // namespace vendor
