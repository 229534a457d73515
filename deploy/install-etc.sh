# shellcheck shell=bash
# The part of deploy/install that writes below /etc: units of systemd, the certificate, the site of
# nginx. It is read by that script, whose functions and variables it uses.

shipped=$home/shipped       # what we put below /etc last, to see what was changed there since
enabled=$home/enabled-units # units that were enabled once
certificates=/etc/ssl/portal

# replace FILE DESTINATION: whole or not at all, also on a full disk.
replace() { cp "$1" "$2.new" && mv -T "$2.new" "$2"; }

# put FILE DESTINATION: unless the file there was changed by the administrator.
put() {
    local last=$shipped/${2##*/}
    if [ ! -e "$2" ] || cmp -s "$2" "$last" || cmp -s "$2" "$1"; then
        cmp -s "$1" "$2" || replace "$1" "$2"
        rm -f "$2.new"
    elif cmp -s "$1" "$last"; then
        note "Giữ nguyên $2 (đã được sửa trên máy này)." "Kept $2 (changed on this machine)."
    else
        cp "$1" "$2.new"
        note "Giữ nguyên $2 (đã được sửa trên máy này); bản mới ở $2.new, hãy đối chiếu." \
            "Kept $2 (changed on this machine); the new version is $2.new, compare them."
        return
    fi
    cmp -s "$1" "$last" || replace "$1" "$last"
}

install_units() {
    step 'Dịch vụ và lịch chạy của systemd' 'Services and timers of systemd'
    local file unit
    [ -e $enabled ] || touch $enabled
    for file in "$code"/deploy/*.{service,socket,timer}; do
        [ -e "$file" ] || continue
        unit=${file##*/}
        put "$file" "/etc/systemd/system/$unit"
        # Enabled once: what the administrator disables later stays so.
        if grep -q '^\[Install\]' "$file" && ! grep -qx "$unit" $enabled; then
            systemctl enable --quiet "$unit"
            echo "$unit" >>$enabled
        fi
    done
}

# put_link FILE DESTINATION: by the name as given; what Let's Encrypt renews are links to files of
# changing names.
put_link() {
    local name
    name=$(realpath --no-symlinks "$1")
    [ "$name" = "$2" ] || ln -sfn "$name" "$2"
}

make_certificate() {
    install -d $certificates
    if [ -n "$certificate" ]; then
        put_link "$key" $certificates/privkey.pem
        put_link "$certificate" $certificates/fullchain.pem
    elif [ ! -e $certificates/fullchain.pem ]; then
        openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/O=Cong Tin placeholder/CN=$name" \
            -addext "subjectAltName=DNS:$name" -keyout $certificates/privkey.new -out $certificates/fullchain.new 2>/dev/null
        mv $certificates/privkey.new $certificates/privkey.pem
        mv $certificates/fullchain.new $certificates/fullchain.pem
    fi
    if openssl x509 -noout -subject -in $certificates/fullchain.pem | grep -q 'Cong Tin placeholder'; then
        note "Chứng thư TLS ở $certificates chỉ là chứng thư TẠM, trình duyệt sẽ cảnh báo. Khi có chứng thư thật: deploy/install --certificate TỆP --key TỆP" \
            "The TLS certificate in $certificates is a PLACEHOLDER, browsers warn of it. Once you have a real one: deploy/install --certificate FILE --key FILE"
    fi
    openssl x509 -noout -checkend 0 -in $certificates/fullchain.pem >/dev/null ||
        note "Chứng thư ở $certificates đã hết hạn." "The certificate in $certificates has expired."
    openssl x509 -noout -checkhost "$name" -in $certificates/fullchain.pem | grep -q 'does match' ||
        note "Chứng thư ở $certificates không phải của tên miền $name." \
            "The certificate in $certificates is not for $name."
}

install_site() {
    step 'nginx' 'nginx'
    local site=/etc/nginx/sites-available/congtin link=/etc/nginx/sites-enabled/congtin
    local default=/etc/nginx/sites-enabled/default had_default=no had_link=no
    [ -d /etc/nginx/sites-enabled ] || fail 'nginx trên máy này không phải gói của Debian: không có /etc/nginx/sites-enabled.' \
        'The nginx here is not that of Debian: there is no /etc/nginx/sites-enabled.'
    make_certificate
    sed "s/portal\.example\.gov\.vn/$name/g" $code/deploy/nginx.conf >"$scratch/congtin"
    # A kernel without IPv6 refuses its sockets.
    [ -e /proc/net/if_inet6 ] || sed -i '/listen \[::\]/d' "$scratch/congtin"
    put "$scratch/congtin" $site
    [ ! -e $link ] || had_link=yes
    # Debian's welcome page answers for every name, as our site does for unknown ones.
    if [ $had_link = no ] && [ "$(readlink -f $default)" = /etc/nginx/sites-available/default ]; then
        had_default=yes
        rm $default
    fi
    ln -sfn $site $link
    if ! nginx -t 2>"$scratch/nginx.log"; then
        cat "$scratch/nginx.log" >&2
        if [ $had_link = no ]; then
            rm $link
            [ $had_default = no ] || ln -s /etc/nginx/sites-available/default $default
        fi
        fail "nginx không chấp nhận cấu hình; lý do ở trên. Sửa rồi chạy lại. Nếu lý do là hai default_server: trên máy còn một trang khác ghi chữ ấy, hãy bỏ chữ đó ở trang ấy." \
            "nginx refuses the configuration; its reason stands above. Mend it and run this again. If it is a duplicate default_server: another site here has that word, remove it there."
    fi
}
