#pragma once

#include <tl/expected.hpp>

#include <QByteArray>
#include <QString>

#include <memory>

// The number of a payment card (PAN): 12 to 19 digits whose check digit is right. It lies in memory that is
// neither swapped out nor dumped and that is overwritten when the last copy goes; copying shares. It can be
// read from text and from JSON, and can be written to neither: there is no toString on purpose.
class CardNumber
{
public:
    static constexpr int maxLength = 40; // as people type it, with spaces and dashes

    CardNumber() = default;
    // Its error never repeats what was typed.
    [[nodiscard]] static tl::expected<CardNumber, QString> parse(const QString &text);
    // Digits only, as a vault keeps them.
    [[nodiscard]] static tl::expected<CardNumber, QString> parse(QByteArrayView digits);

    // The digits. Valid as long as this number or a copy of it lives.
    [[nodiscard]] QByteArrayView reveal() const;
    [[nodiscard]] QString last4() const;
    // "visa", "mastercard", "amex", "discover", "diners", "jcb", "unionpay"; empty: none that we know.
    [[nodiscard]] QString brand() const;

private:
    class Page;
    std::shared_ptr<const Page> m_page;
};

// ISO/IEC 7812-1, annex B: whether the last digit is the one that the others ask for.
[[nodiscard]] bool hasValidCheckDigit(QByteArrayView digits);
