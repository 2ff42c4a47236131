#pragma once

#include <tl/expected.hpp>

#include <QByteArray>
#include <QString>

#include <memory>

// A password or token on its way through: UTF-8 bytes that are overwritten when the last owner goes and that
// no stream operator prints. Copying shares; there is no toString on purpose.
class Secret
{
public:
    static constexpr int maxLength = 1024;

    Secret() = default;
    explicit Secret(const QByteArray &bytes);
    [[nodiscard]] static tl::expected<Secret, QString> parse(const QString &text);

    // Valid as long as this Secret or a copy of it lives.
    [[nodiscard]] QByteArrayView reveal() const;
    [[nodiscard]] bool isEmpty() const { return reveal().isEmpty(); }

private:
    struct Bytes;
    std::shared_ptr<const Bytes> m_bytes;
};
