package auth

import "strings"

// mailFacts is what the texts about accounts are filled with.
type mailFacts struct {
	Name, Address, Device string
	// Link stands in a paragraph of its own.
	Link string
	// At is when it happened, Until how long the link works, both in the company's time zone.
	At, Until string
}

// accountMail words a mail of the kind in the language, or in English. The HTML form says the same as the text.
func accountMail(kind, locale string, facts mailFacts) (Mail, error) {
	if mailTexts.Lookup(locale+"/"+kind) == nil {
		locale = "en"
	}
	mail := Mail{To: facts.Address}
	for name, dest := range map[string]*string{locale + "/" + kind + "/subject": &mail.Subject, locale + "/" + kind: &mail.Text} {
		var b strings.Builder
		if err := mailTexts.ExecuteTemplate(&b, name, facts); err != nil {
			return Mail{}, err
		}
		*dest = b.String()
	}
	var page strings.Builder
	err := mailPages.ExecuteTemplate(&page, "account.html", struct {
		Lang, Link string
		Paragraphs []string
	}{locale, facts.Link, strings.Split(mail.Text, "\n\n")})
	mail.HTML = page.String()
	return mail, err
}
