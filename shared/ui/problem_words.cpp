#include "shared/ui/problem_words.h"

#include <QCoreApplication>
#include <QJsonValue>

using namespace Qt::StringLiterals;

namespace {

struct ProblemWords
{
    Q_DECLARE_TR_FUNCTIONS(ProblemWords)
};

QString fieldsText(const Problem &problem)
{
    QStringList lines;
    for (const FieldError &field : problem.fields)
        lines += field.pointer.isEmpty() ? field.detail
                                         : field.pointer.section(u'/', -1) + u": "_s + field.detail;
    return lines.join(u'\n');
}

QString detailOr(const Problem &problem, const QString &otherwise)
{
    return problem.detail.isEmpty() ? otherwise : problem.detail;
}

} // namespace

QString headline(const Problem &problem)
{
    switch (problem.kind) {
    case ProblemKind::invalidInput:
    case ProblemKind::malformed:
        return ProblemWords::tr("Something in this form cannot be used");
    case ProblemKind::unauthenticated:
        return ProblemWords::tr("Please sign in again");
    case ProblemKind::forbidden:
        return ProblemWords::tr("This account may not do that");
    case ProblemKind::notFound:
        return ProblemWords::tr("Not found");
    case ProblemKind::conflict:
    case ProblemKind::stale:
        return ProblemWords::tr("This has changed in the meantime");
    case ProblemKind::tooLarge:
        return ProblemWords::tr("That is too large");
    case ProblemKind::tooMany:
        return ProblemWords::tr("Too many tries");
    case ProblemKind::unavailable:
        return ProblemWords::tr("The service is busy");
    case ProblemKind::internal:
        return ProblemWords::tr("Something failed on the server");
    case ProblemKind::unreachable:
        return problem.code == "tls"_L1 ? ProblemWords::tr("The server's identity cannot be trusted")
                                        : ProblemWords::tr("The server cannot be reached");
    }
    Q_UNREACHABLE();
}

QString advice(const Problem &problem)
{
    switch (problem.kind) {
    case ProblemKind::invalidInput:
    case ProblemKind::malformed:
        return problem.fields.isEmpty() ? problem.detail : fieldsText(problem);
    case ProblemKind::unavailable:
        return detailOr(problem, ProblemWords::tr("Try again in a moment."));
    case ProblemKind::tooMany:
        return detailOr(problem, ProblemWords::tr("Wait a minute, then try again."));
    case ProblemKind::internal: {
        const QString reference = problem.extension.value("instance"_L1).toString();
        const QString text
            = detailOr(problem, ProblemWords::tr("It has been recorded. Try again in a moment."));
        return reference.isEmpty() ? text : ProblemWords::tr("%1 (Reference: %2)").arg(text, reference);
    }
    case ProblemKind::unreachable:
        return problem.code == "tls"_L1
            ? problem.detail
            : ProblemWords::tr("Check the network connection. The app tries again by itself.");
    default:
        return problem.detail;
    }
}

QString sentence(const Problem &problem)
{
    const QString more = advice(problem);
    return more.isEmpty() ? headline(problem) + u'.' : headline(problem) + u". "_s + more;
}
