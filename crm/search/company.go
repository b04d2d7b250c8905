package search

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CompanyKey is the form in which two names are the same company's: without its legal form, brackets and what else is
// no letter or number. A region that stands in front or in brackets moves behind a slash, because branches differ by it:
// 上海云帆科技有限公司 and 云帆科技（上海） are both 云帆科技/上海. What stands before the slash is [CompanyCore].
func CompanyKey(name string) string {
	name, regions := bracketedRegions(Fold(name))
	words := companyWords(name)
	words = withoutLegalWords(words)
	if first, ok := latinRegions[words[0]]; ok && len(words) > 1 {
		words, regions = words[1:], append(regions, first)
	}
	core := withoutLegalForm(strings.Join(words, ""))
	if region, rest := leadingRegion(core); region != "" {
		core, regions = rest, append(regions, region)
	}
	core = Cut(core, maxCore)
	if core == "" || len(regions) == 0 {
		return core
	}
	slices.Sort(regions)
	return Cut(core+regionMark+strings.Join(slices.Compact(regions), ""), 200)
}

// CompanyCore is the part of a [CompanyKey] that branches in several regions share, and their region.
func CompanyCore(key string) (core, region string) {
	core, region, _ = strings.Cut(key, regionMark)
	return core, region
}

const (
	// regionMark sorts before every letter and number, so that the branches of a company stand side by side.
	regionMark = "/"
	maxCore    = 180
)

//go:embed regions.txt
var regionNames string

var regions, latinRegions = readRegions()

// readRegions returns China's provinces and cities, and the same by their pinyin.
func readRegions() (map[string]bool, map[string]string) {
	names, latin := map[string]bool{}, map[string]string{"hongkong": "香港", "macau": "澳门", "macao": "澳门", "taiwan": "台湾", "taipei": "台北"}
	for _, name := range strings.Fields(regionNames) {
		names[name] = true
		var full strings.Builder
		for _, r := range name {
			full.WriteString(pinyinOf(r))
		}
		if latin[full.String()] == "" {
			latin[full.String()] = name
		}
	}
	return names, latin
}

var openBracket, closeBracket = "([{【〔《", ")]}】〕》"

// bracketedRegions takes regions in brackets out of a name; other brackets stay where they are.
func bracketedRegions(name string) (rest string, found []string) {
	var b strings.Builder
	for {
		from := strings.IndexAny(name, openBracket)
		if from < 0 {
			break
		}
		_, width := utf8.DecodeRuneInString(name[from:])
		inside := name[from+width:]
		to := strings.IndexAny(inside, closeBracket)
		if to < 0 {
			break
		}
		_, last := utf8.DecodeRuneInString(inside[to:])
		if region := regionOf(strings.TrimSpace(inside[:to])); region != "" {
			found = append(found, region)
			b.WriteString(name[:from])
		} else {
			b.WriteString(name[:from+width+to+last])
		}
		name = inside[to+last:]
	}
	b.WriteString(name)
	return b.String(), found
}

// regionOf returns the region that a text is, or "".
func regionOf(text string) string {
	if region, ok := latinRegions[strings.ReplaceAll(text, " ", "")]; ok {
		return region
	}
	if bare := strings.TrimRight(text, "市省"); regions[bare] {
		return bare
	}
	return ""
}

// longestRegion is how many characters a region's name may have.
const longestRegion = 8

// leadingRegion parts a name from the region in front of it: of several, as a province and its city, the last. What
// would be left as one character is no name.
func leadingRegion(name string) (region, rest string) {
	rest = name
	for {
		runes := []rune(rest)
		n := min(longestRegion, len(runes)-2)
		for n >= 2 && !regions[string(runes[:n])] {
			n--
		}
		if n < 2 {
			return region, rest
		}
		end := n
		if strings.ContainsRune("市省", runes[n]) && len(runes)-n-1 >= 2 {
			end++
		}
		region, rest = string(runes[:n]), string(runes[end:])
	}
}

// companyWords splits a name where it is neither letter nor number; dots within, as in S.A., do not split. There is
// always one word, if an empty one.
func companyWords(name string) []string {
	name = strings.NewReplacer(".", "", "'", "", "’", "").Replace(name)
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	if len(words) == 0 {
		return []string{""}
	}
	return words
}

// legalWords are legal forms that stand as words behind a name.
var legalWords = wordSet(`ltd limited inc incorporated llc llp lp plc corp corporation co company gmbh mbh ag kg kgaa ug ohg
	sa sas sarl sl srl spa bv nv oy oyj ab asa as aps pty pte pvt private sdn bhd kk sro zrt kft ooo and cokg`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

func withoutLegalWords(words []string) []string {
	for len(words) > 1 && legalWords[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	return words
}

// legalForms are legal forms that are written together with a name, longer ones first.
var legalForms = []string{"有限责任公司", "股份有限公司", "股份公司", "有限公司", "有限合伙", "普通合伙", "合伙企业", "株式会社", "有限会社", "주식회사", "公司"}

func withoutLegalForm(name string) string {
	for {
		i := slices.IndexFunc(legalForms, func(form string) bool { return strings.HasSuffix(name, form) })
		if i < 0 {
			return strings.TrimPrefix(strings.TrimPrefix(name, "株式会社"), "주식회사")
		}
		rest := strings.TrimSuffix(name, legalForms[i])
		// A branch 分公司 and a subsidiary 子公司 are not what they belong to.
		if rest == "" || strings.HasSuffix(rest, "分") || strings.HasSuffix(rest, "子") {
			return name
		}
		name = rest
	}
}
