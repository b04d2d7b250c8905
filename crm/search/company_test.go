package search_test

import (
	"testing"

	"github.com/guanxi-crm/guanxi/crm/search"
)

func TestCompanyKey(t *testing.T) {
	for want, names := range map[string][]string{
		"云帆科技":          {"云帆科技", "云帆科技有限公司", "云帆科技有限责任公司", "云帆科技股份有限公司", "云帆科技（有限公司）", "云 帆 科 技 公司", "云帆科技 Co., Ltd."},
		"云帆科技/上海":       {"上海云帆科技有限公司", "上海市云帆科技有限公司", "云帆科技（上海）有限公司", "云帆科技(上海市)有限公司", "云帆科技【上海】", "上海 云帆科技（有限公司）"},
		"云帆科技/深圳":       {"深圳云帆科技", "广东省深圳市云帆科技有限公司", "广东深圳云帆科技（深圳）有限公司"},
		"云帆科技/上海北京":     {"北京云帆科技（上海）有限公司"},
		"云帆科技有限公司上海分公司": {"云帆科技有限公司上海分公司"},
		"云帆科技第二":        {"云帆科技第二有限公司"},
		"acme":          {"Acme", "ACME Inc.", "Acme, Inc", "acme l.l.c.", "Acme Co., Ltd.", "Ａｃｍｅ ＧｍｂＨ", "Acme GmbH & Co. KG", "A.C.M.E. S.A."},
		"acme/上海":       {"Acme (Shanghai) Co., Ltd.", "Shanghai Acme Co. Ltd"},
		"müllersöhne":   {"Müller & Söhne GmbH"},
		"トヨタ":           {"株式会社トヨタ", "トヨタ株式会社"},
		"张三":            {"张三", " 张三 "},
		"上海":            {"上海"},
		"上海人":           {"上海人"},
		"公司":            {"公司"},
		"co":            {"Co Ltd"},
		"ab":            {"a(b"},
		"":              {"", "…", "()", "——"},
	} {
		for _, name := range names {
			if got := search.CompanyKey(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
	core, region := search.CompanyCore(search.CompanyKey("上海云帆科技有限公司"))
	if core != "云帆科技" || region != "上海" {
		t.Errorf("%s %s", core, region)
	}
}
