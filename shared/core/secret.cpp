#include "shared/core/secret.h"

#include <memory>
#include <string.h>

struct Secret::Bytes
{
    explicit Bytes(const QByteArray &source)
        : data(source.constData(), source.size())
    {
    }
    ~Bytes() { explicit_bzero(data.data(), static_cast<size_t>(data.size())); }
    Bytes(const Bytes &) = delete;
    Bytes &operator=(const Bytes &) = delete;

    QByteArray data; // never shared: made by deep copy, so that wiping it wipes the only copy
};

Secret::Secret(const QByteArray &bytes)
    : m_bytes(std::make_shared<const Bytes>(bytes))
{
}

tl::expected<Secret, QString> Secret::parse(const QString &text)
{
    if (text.isEmpty())
        return tl::unexpected(QStringLiteral("must not be empty"));
    if (text.size() > maxLength)
        return tl::unexpected(QStringLiteral("must have at most %1 characters").arg(maxLength));
    QByteArray bytes = text.toUtf8();
    Secret secret(bytes);
    explicit_bzero(bytes.data(), static_cast<size_t>(bytes.size()));
    return secret;
}

QByteArrayView Secret::reveal() const
{
    return m_bytes ? QByteArrayView(m_bytes->data) : QByteArrayView();
}
