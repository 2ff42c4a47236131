#include "admin-client/features/product/product_dialog.h"

#include "shared/ui/banner.h"
#include "shared/ui/conflict_notice.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

// Field by field as the request tells them, in the order of the form.
struct Field
{
    const char *pointer;
    QWidget *widget;
};

} // namespace

ProductDialog::ProductDialog(
    const QList<api::Category> &categories, const std::optional<api::Product> &product, QWidget *parent
)
    : QDialog(parent)
    , m_product(product)
    , m_banner(new Banner)
    , m_conflict(new ConflictNotice)
    , m_name(new QLineEdit)
    , m_maker(new QLineEdit)
    , m_category(new QComboBox)
    , m_sku(new QLineEdit)
    , m_save(button(product ? tr("Save") : tr("Add the product"), ButtonKind::primary))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(product ? tr("Change a product") : tr("Add a product"));
    m_name->setMaxLength(120);
    m_maker->setMaxLength(80);
    m_sku->setMaxLength(60);
    for (const api::Category &each : categories)
        m_category->addItem(each.name, each.id);
    m_category->setCurrentIndex(-1);
    m_category->setPlaceholderText(tr("Choose what kind of product it is"));
    auto *note = label(
        product ? tr("Tickets that were filed for it keep the category they have.")
                : tr("The category says which skill its repair takes, and which plans cover it."),
        Words::muted
    );
    note->setWordWrap(true);
    auto *fields = new QWidget;
    Form { tr("Name"), m_name, tr("Maker"), m_maker, tr("Category"), m_category, tr("SKU"), m_sku }.attachTo(
        fields
    );
    auto *cancel = button(tr("Cancel"));
    Column { m_banner, m_conflict, fields, note, Row { Stretch(), cancel, m_save }.spacing(medium) }
        .spacing(medium)
        .margins(wide)
        .attachTo(this);
    setMinimumWidth(scaled(440));
    m_save->setDefault(true);
    if (product) {
        fill(*product);
        m_sku->setReadOnly(true);
        m_sku->setToolTip(tr("The SKU stays what it is: imports know the product by it."));
    }
    m_name->setFocus();
    connect(m_save, &QPushButton::clicked, this, &ProductDialog::submit);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_conflict, &ConflictNotice::theirsWanted, this, [this] {
        fill(*m_product);
        m_conflict->clear();
    });
    connect(m_conflict, &ConflictNotice::mineWanted, this, [this] {
        m_conflict->clear();
        submit();
    });
    for (QLineEdit *each : { m_name, m_maker, m_sku })
        connect(each, &QLineEdit::textEdited, m_banner, &Banner::clear);
}

void ProductDialog::fill(const api::Product &product)
{
    m_name->setText(product.name);
    m_maker->setText(product.maker);
    m_category->setCurrentIndex(m_category->findData(product.category));
    m_sku->setText(product.sku);
}

void ProductDialog::say(const Problem &problem)
{
    m_save->setEnabled(true);
    m_banner->say(problem);
    const Field fields[]
        = { { "/name", m_name }, { "/maker", m_maker }, { "/category", m_category }, { "/sku", m_sku } };
    for (const Field &each : fields) {
        const bool isMeant = std::ranges::any_of(problem.fields, [&](const FieldError &error) {
            return error.pointer == QLatin1StringView(each.pointer);
        });
        if (isMeant)
            return each.widget->setFocus();
    }
}

void ProductDialog::overtake(const api::Product &current)
{
    m_save->setEnabled(true);
    m_product = current;
    m_conflict->say(tr("Somebody else has changed this product: it is “%1” by %2, in “%3”, now.")
                        .arg(current.name, current.maker, current.categoryName));
}

bool ProductDialog::hasEmptyField()
{
    for (QLineEdit *each : { m_name, m_maker, m_sku }) {
        if (!each->text().trimmed().isEmpty())
            continue;
        each->setFocus();
        m_banner->say(Tone::danger, tr("Please fill in “%1”.").arg(each->accessibleName()));
        return true;
    }
    if (m_category->currentIndex() >= 0)
        return false;
    m_category->setFocus();
    m_banner->say(Tone::danger, tr("Please choose a category."));
    return true;
}

void ProductDialog::submit()
{
    if (hasEmptyField())
        return;
    const auto name = Text<1, 120>::parse(m_name->text().trimmed());
    const auto maker = Text<1, 80>::parse(m_maker->text().trimmed());
    const auto sku = Text<1, 60>::parse(m_sku->text().trimmed());
    const auto category = api::Slug::parse(m_category->currentData().toString());
    if (!name || !maker || !sku || !category)
        return m_banner->say(Tone::danger, tr("A field holds something that is no text."));
    m_banner->clear();
    m_save->setEnabled(false); // until there is an answer: twice pressed is once meant
    if (m_product)
        emit edited(*m_product, { *name, *maker, *category, {} });
    else
        emit added({ *sku, *name, *maker, *category });
}
