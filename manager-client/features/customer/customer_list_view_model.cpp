#include "manager-client/features/customer/customer_list_view_model.h"

#include "shared/api/device.h"
#include "shared/ui/words.h"

using namespace Qt::StringLiterals;

namespace {

CustomerLine lineOf(const api::Account &account)
{
    CustomerLine line { account.id, account.name.toString(), account.email.toString(), {}, {} };
    if (account.phone)
        line.phone = words::phone(account.phone->toString());
    if (account.address)
        line.place = u"%1 %2"_s.arg(account.address->city.toString(), account.address->zip.toString());
    return line;
}

QList<CustomerListViewModel::Model::Column> columns()
{
    const auto contact = [](const CustomerLine &line) {
        return QStringList { line.email, line.phone, line.place }.join(u'\n');
    };
    return {
        { CustomerListViewModel::tr("Name"),
          [](const CustomerLine &line) { return line.name; },
          {},
          contact },
        { CustomerListViewModel::tr("Telephone"), [](const CustomerLine &line) { return line.phone; } },
        { CustomerListViewModel::tr("E-mail"),
          [](const CustomerLine &line) { return line.email; },
          {},
          [](const CustomerLine &line) { return line.email; } },
        { CustomerListViewModel::tr("Place"), [](const CustomerLine &line) { return line.place; } },
    };
}

} // namespace

CustomerListViewModel::CustomerListViewModel(ApiClient &api, PushChannel &push, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_model(&CustomerLine::id, columns())
{
    connect(&push, &PushChannel::opened, this, [this] {
        if (m_problem)
            reload();
    });
    reload();
}

void CustomerListViewModel::search(const QString &text)
{
    if (std::exchange(m_text, text) != text)
        reload();
}

void CustomerListViewModel::reload()
{
    ++m_generation;
    m_owners.clear();
    m_asked = 0;
    findOwners();
    load(std::nullopt);
}

// Beside the search by name: what has a digit and no @ may be how a serial number begins. If this fails, the
// search by name still shows whom it finds.
void CustomerListViewModel::findOwners()
{
    const bool hasDigit = std::ranges::any_of(m_text, [](QChar each) { return each.isDigit(); });
    const auto serial = Text<3, 60>::parse(m_text);
    if (!hasDigit || m_text.contains(u'@') || !serial || api::serialKey(m_text).size() < 3)
        return;
    ++m_asked;
    m_api.call<api::device::List>(api::DeviceQuery { {}, *serial })
        .then(this, [this, generation = m_generation](const Result<api::Items<api::Device>> &devices) {
            if (generation != m_generation)
                return;
            --m_asked;
            QSet<api::AccountId> owners;
            for (const api::Device &each : devices ? devices->items : QList<api::Device>())
                owners.insert(each.customerId);
            for (const api::AccountId &each : std::as_const(owners))
                fetchOwner(each);
            emit changed();
        });
}

void CustomerListViewModel::fetchOwner(const api::AccountId &id)
{
    ++m_asked;
    m_api.call<api::customer::Fetch>(api::AccountRef { id })
        .then(this, [this, generation = m_generation](const Result<api::Account> &account) {
            if (generation != m_generation)
                return;
            --m_asked;
            if (account) {
                const CustomerLine line = lineOf(*account);
                m_owners += line;
                QList<CustomerLine> lines = m_model.rows();
                lines.removeIf([&](const CustomerLine &each) { return each.id == line.id; });
                lines.prepend(line);
                m_model.merge(lines);
            }
            emit changed();
        });
}

void CustomerListViewModel::loadMore()
{
    if (!m_isLoading && m_nextCursor)
        load(m_nextCursor);
}

void CustomerListViewModel::load(const std::optional<QString> &cursor)
{
    api::PeopleQuery query;
    if (!m_text.isEmpty())
        query.q = Text<0, 100>::parse(m_text.left(100)).value_or(Text<0, 100>());
    if (cursor)
        query.cursor = api::Cursor::parse(*cursor).value_or(api::Cursor());
    m_isLoading = true;
    m_api.call<api::customer::List>(query).then(
        this,
        [this, generation = m_generation, isFirst = !cursor](const Result<api::Page<api::Account>> &page) {
            if (generation == m_generation)
                onPage(page, isFirst);
        }
    );
    emit changed();
}

void CustomerListViewModel::onPage(const Result<api::Page<api::Account>> &page, bool isFirst)
{
    m_isLoading = false;
    m_problem = page ? std::nullopt : std::optional(page.error());
    if (page) {
        m_nextCursor = page->nextCursor;
        QList<CustomerLine> lines = isFirst ? m_owners : m_model.rows();
        for (const api::Account &account : page->items) {
            // Who was renamed between two pages may be on both.
            if (std::ranges::find(lines, account.id, &CustomerLine::id) == lines.end())
                lines += lineOf(account);
        }
        m_model.merge(lines);
    }
    emit changed();
}
