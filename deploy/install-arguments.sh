# shellcheck shell=bash
# The part of deploy/install that reads and checks what it is asked to do. It is read by that script,
# whose functions and variables it uses.

usage() {
    choose "Cài đặt hoặc nâng cấp Cổng Tin trên Debian 12, 13. Chạy bằng tài khoản root:
  deploy/install --name TÊN-MIỀN [tùy chọn]     cài lần đầu
  deploy/install                                nâng cấp, hoặc làm tiếp khi bị ngắt giữa chừng

  --name TÊN-MIỀN      tên miền của cổng thông tin, ví dụ portal.example.gov.vn
  --admin TÊN          tên đăng nhập của người quản trị đầu tiên
  --email ĐỊA-CHỈ      thư điện tử của người quản trị đầu tiên
  --certificate TỆP    chứng thư TLS (cả chuỗi, PEM); không có thì tạo chứng thư tạm
  --key TỆP            khóa riêng của chứng thư đó
  --cluster 15/main    cụm PostgreSQL cần dùng, khi máy có nhiều cụm
  --embedded           dùng PostgreSQL đi kèm, không cài PostgreSQL của Debian
  --no-start           cài đặt mà chưa khởi động
  --lang vi|en         ngôn ngữ của các thông báo này" \
        "Install Cổng Tin on Debian 12 or 13, or bring it up to date. As root:
  deploy/install --name HOST [options]          the first time
  deploy/install                                update, or go on after an interruption

  --name HOST          the host name of the site, such as portal.example.gov.vn
  --admin NAME         log-in name of the first administrator
  --email ADDRESS      e-mail address of the first administrator
  --certificate FILE   TLS certificate (whole chain, PEM); without it a placeholder is made
  --key FILE           private key of that certificate
  --cluster 15/main    the PostgreSQL cluster to use, where there are several
  --embedded           use the PostgreSQL that comes along, instead of Debian's
  --no-start           install without starting
  --lang vi|en         language of these messages"
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
        --name | --admin | --email | --certificate | --key | --cluster | --lang)
            [ -n "${2:-}" ] || fail "Tùy chọn $1 cần một giá trị." "The option $1 needs a value."
            case $1 in
            --name) name=$2 ;;
            --admin) admin=$2 ;;
            --email) email=$2 ;;
            --certificate) certificate=$2 ;;
            --key) key=$2 ;;
            --cluster) cluster=$2 ;;
            --lang)
                [[ $2 =~ ^(vi|en)$ ]] || fail "--lang chỉ có vi và en, không có $2." "--lang is vi or en, not $2."
                language=$2
                ;;
            esac
            shift
            ;;
        --embedded) embedded=yes ;;
        --no-start) start=no ;;
        --help | -h) usage && exit ;;
        *) fail "Không có tùy chọn $1. Xem: deploy/install --help" "There is no option $1. See: deploy/install --help" ;;
        esac
        shift
    done
}

is_name() {
    local label='[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
    [[ ${#1} -le 253 && $1 =~ ^($label\.)+$label$ && ! $1 =~ \.[0-9]+$ ]]
}

check_name() {
    local installed=''
    if [ -e $settings ]; then
        installed=$(setting ALLOWED_HOSTS)
        installed=${installed%%,*}
        installed=${installed#.}
        database_url=$(setting DATABASE_URL)
        if [ $embedded = yes ] && [ -n "$database_url" ]; then
            fail "Cổng thông tin đang dùng máy chủ PostgreSQL ghi ở DATABASE_URL trong $settings; --embedded chỉ dùng được khi cài lần đầu." \
                "The site uses the PostgreSQL of DATABASE_URL in $settings; --embedded is for the first installation only."
        fi
        [ -n "$database_url" ] || embedded=yes
    fi
    if [ -n "$cluster" ]; then
        [ $embedded = no ] ||
            fail '--cluster chọn một cụm PostgreSQL của Debian, không dùng được với PostgreSQL đi kèm (--embedded).' \
                '--cluster chooses a PostgreSQL cluster of Debian; it cannot be used with the one that comes along (--embedded).'
        [[ -z $database_url || $database_url = $local_database* ]] ||
            fail "Cổng thông tin đang dùng máy chủ PostgreSQL ghi ở DATABASE_URL trong $settings; muốn đổi thì sửa ở đó, không dùng --cluster." \
                "The site uses the PostgreSQL of DATABASE_URL in $settings; to change it, edit that, without --cluster."
    fi
    if [ -z "$name$installed" ]; then
        has_terminal || fail 'Thiếu tên miền: --name portal.example.gov.vn' \
            'The host name is missing: --name portal.example.gov.vn'
        read -rp "$(choose 'Tên miền của cổng thông tin (ví dụ portal.example.gov.vn): ' \
            'Host name of the site (such as portal.example.gov.vn): ')" name
    fi
    name=${name:-$installed}
    is_name "$name" ||
        fail "\"$name\" không phải là tên miền. Chỉ ghi tên, bằng chữ thường, không có https:// và không có đường dẫn, ví dụ portal.example.gov.vn." \
            "\"$name\" is not a host name. Give the name alone, in lower case, without https:// and path, such as portal.example.gov.vn."
    [ -z "$installed" ] || [ "$name" = "$installed" ] ||
        fail "Cổng thông tin đã được cài với tên miền $installed. Muốn đổi tên miền: sửa ALLOWED_HOSTS trong $settings rồi chạy lại, không dùng --name." \
            "The site is installed under the name $installed. To rename it, change ALLOWED_HOSTS in $settings and run this again without --name."
}

check_arguments() {
    check_name
    [[ -z $certificate && -z $key || -n $certificate && -n $key ]] ||
        fail '--certificate và --key phải đi cùng nhau.' '--certificate and --key belong together.'
    local file
    for file in "$certificate" "$key"; do
        [[ -z $file || -f $file && -r $file ]] || fail "Không có tệp $file." "There is no file $file."
    done
    [[ -z $admin || $admin =~ ^[A-Za-z0-9_.@+-]{1,150}$ ]] ||
        fail "Tên đăng nhập \"$admin\" chỉ được gồm chữ không dấu, số và các dấu @ . + - _" \
            "The log-in name \"$admin\" may have letters without accents, digits and @ . + - _ only."
    [[ -z $email || $email =~ ^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$ ]] ||
        fail "\"$email\" không phải là địa chỉ thư điện tử." "\"$email\" is not an e-mail address."
}

# Before anything is changed; openssl must be installed. nginx reads PEM only, and cannot ask for a password.
check_certificate() {
    [ -n "$certificate" ] || return 0
    local of_certificate of_key
    of_certificate=$(openssl x509 -inform PEM -noout -pubkey -in "$certificate" 2>/dev/null) ||
        fail "$certificate không phải là chứng thư dạng PEM." "$certificate is not a certificate in PEM."
    of_key=$(openssl pkey -inform PEM -pubout -passin pass: -in "$key" 2>/dev/null) ||
        fail "$key không phải là khóa riêng dạng PEM không đặt mật khẩu." \
            "$key is not a private key in PEM without a password."
    [ "$of_certificate" = "$of_key" ] ||
        fail "Khóa $key không phải của chứng thư đầu tiên trong $certificate." \
            "The key $key does not belong to the first certificate in $certificate."
}
