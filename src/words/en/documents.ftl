## Statements as files

document-title = Commission statement
document-for = Statement for
document-vat-number = VAT number { $number }
document-number = Number
document-date = Date
document-period = Period
document-period-days = { $from } to { $to }
document-quarter = Quarter
document-currency = Currency
document-column-kind = Kind
document-next-title = What to do now
document-next-invoice = Write an invoice for { $amount } net to { $vendor } and quote statement { $number } on it. Add VAT where your tax rules ask for it.
document-vendor = us
document-next-send = Send the invoice to { $email }.
document-next-url = Enter its number in the partner portal: { $url }
document-next-portal = Enter its number in the partner portal, on the page of this statement.
document-payment =
    { $count ->
        [one] Payment: within one day of your invoice.
       *[other] Payment: within { $count } days of your invoice.
    }
document-no-invoice = This statement is not an invoice. It is final: corrections come on a later statement.
document-hash = SHA-256 of this statement’s JSON: { $hash }
document-page = Page { $page } of { $pages }

## Downloading them

document-download = Download
document-download-pdf = PDF
document-download-csv = CSV
document-download-json = JSON
document-check = Check it yourself: download the JSON; its hash must be the same:
