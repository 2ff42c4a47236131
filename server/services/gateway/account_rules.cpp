#include "server/services/gateway/account_rules.h"

#include <sodium.h>

namespace {

constexpr int shortestPassword = 10;
constexpr int longestPassword = 200;

} // namespace

Result<void> checkPassword(const Secret &password, const Email &email)
{
    const QString pointer = QStringLiteral("/password");
    const QString text = QString::fromUtf8(password.reveal());
    if (text.size() < shortestPassword || text.size() > longestPassword)
        return fail(Problem::invalid(
            pointer,
            QStringLiteral("must have %1 to %2 characters").arg(shortestPassword).arg(longestPassword)
        ));
    const QString folded = text.toLower();
    if (folded == email.toString() || folded == email.toString().section(u'@', 0, 0))
        return fail(Problem::invalid(pointer, QStringLiteral("must not be the e-mail address")));
    if (text.count(text.at(0)) == text.size())
        return fail(Problem::invalid(pointer, QStringLiteral("must not be one character over and over")));
    return {};
}

api::Account toAccount(const AccountRow &row)
{
    return { row.id, row.email, row.role, row.name, {}, {}, row.createdAt, row.version };
}

QByteArray randomBytes(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    randombytes_buf(bytes.data(), static_cast<size_t>(size));
    return bytes;
}

Problem emailTaken()
{
    Problem problem = Problem::conflict(
        QStringLiteral("auth.email-taken"),
        QStringLiteral("There is an account with this e-mail address already.")
    );
    problem.fields
        = { { QStringLiteral("/email"), QStringLiteral("has an account already: sign in instead") } };
    return problem;
}

Problem noSuchAccount()
{
    return Problem::notFound(QStringLiteral("There is no such account."));
}

Problem unauthenticated(const QString &why)
{
    return { ProblemKind::unauthenticated, why, {}, {}, {} };
}
