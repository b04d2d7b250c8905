package crm_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
)

func TestCardsAreImported(t *testing.T) {
	w := importers(newWorld(t))
	w.rep.caller.Locale = "zh-CN"
	w.rep.customer(t, "杭州飞鸟软件有限公司")
	cards := readFile(t, filepath.Join("vcard", "testdata", "v30_multi.vcf"))
	more := "BEGIN:VCARD\nVERSION:2.1\nFN:韩梅梅\nTEL;WORK;FAX:021-00000001\nORG:没有这家\nEND:VCARD\n" +
		"BEGIN:VCARD\nTEL;CELL:13600136000\nEND:VCARD\nBEGIN:VCARD\nFN:李雷\nTEL;CELL:10086\nEND:VCARD\nBEGIN:VCARD\nFN:王五\n"
	imp := w.rep.runAs(t, "contacts", "people.vcf", cards+more, crm.ImportOptions{})
	if diff := cmp.Diff([]string{
		"1:created", "14:created", "27:created", "40:rejected:unknown_customer", "46:rejected:required", "49:rejected:bad_phone", "53:rejected:unclosed_card",
	}, w.rep.outcomes(t, imp)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if imp.File.Kind != "vcard" || imp.RowsTotal != 7 {
		t.Errorf("%+v", imp)
	}
	got := w.rep.allContacts(t)
	first := got[0] // by the sound of the name: li, ouyang, wang
	if len(got) != 3 || first.Name != "李四" || first.Customer == nil || first.Customer.Name != "杭州飞鸟软件有限公司" || first.Department != "研发部" || first.Title != "工程师" ||
		first.Phones[0].Number != "+8619900000001" || first.Emails[0].Address != "u1@example.com" || *first.Birthday != "1990-01-01" ||
		first.Addresses[0].Text != "中国 310000 浙江 杭州 文三路 1 号" || first.Note != "第一行\n第二行, 逗号" {
		t.Errorf("%+v", first)
	}
	// What was rejected is mended as a table, whose headings say in the importer's language what the card said.
	file := w.rep.rejected(t, imp.ID)
	if !strings.Contains(file, "联系人姓名,公司,部门,职位,手机,传真,邮箱,地址,生日,备注,行号,未导入原因") || !strings.Contains(file, "韩梅梅,没有这家") || !strings.Contains(file, "名片没有结束") {
		t.Errorf("%s", file)
	}
	mended := strings.NewReplacer("没有这家", "", "10086", "13700137000").Replace(file)
	if imp = w.rep.runAs(t, "contacts", "mended.csv", mended, crm.ImportOptions{}); imp.Created != 3 || imp.Rejected != 1 {
		t.Errorf("%v", w.rep.outcomes(t, imp))
	}
}

func TestCardsAreContacts(t *testing.T) {
	w := importers(newWorld(t))
	_, err := w.rep.tryUpload(t, "people.vcf", readFile(t, filepath.Join("vcard", "testdata", "v30_multi.vcf")))
	wantInvalid(t, err, "resource")
	_, err = w.rep.tryUploadAs(t, "contacts", "lists.vcf", "BEGIN:VCARD\nKIND:group\nFN:Friends\nEND:VCARD\n")
	wantInvalid(t, err, "file")
}
